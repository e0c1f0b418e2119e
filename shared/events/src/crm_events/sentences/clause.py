"""Clauses that say what an event says about its subject, in both languages, and templates of them.

A template names fields of its event. `{subject}` is written as its type asks: words of a list, an amount, a day, a
span, a quotation. `{reason:because}` names another form, which `filling.py` lists. `[: {remark}]` is left out where
the field is empty.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple


class Subject(Enum):
    """The subject of a clause: who or what it is about."""

    CUSTOMER = "customer"
    STAFF = "staff"
    THING = "thing"


class Clause(NamedTuple):
    """A predicate about the customer or the member of staff who acted, or a whole clause about something else."""

    subject: Subject
    en: str
    zh: str


class Choice(NamedTuple):
    """Several clauses, of which the value of a field decides."""

    field: str
    clauses: Mapping[Any, Clause]


Sentence = Clause | Choice


def the_customer(en: str, zh: str) -> Clause:
    """Return a clause about something that the customer did."""
    return Clause(Subject.CUSTOMER, en, zh)


def the_staff(en: str, zh: str) -> Clause:
    """Return a clause about something that somebody did for the company."""
    return Clause(Subject.STAFF, en, zh)


def it(en: str, zh: str) -> Clause:
    """Return a clause that names its own subject."""
    return Clause(Subject.THING, en, zh)


def choose(field: str, clauses: Mapping[Any, Clause]) -> Choice:
    """Return a sentence that the value of this field decides."""
    return Choice(field, clauses)
