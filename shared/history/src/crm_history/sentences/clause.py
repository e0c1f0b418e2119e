"""What an event says about its subject, in both languages; the frame around it adds when, where and by whom."""

from enum import Enum
from typing import NamedTuple


class Subject(Enum):
    """Who or what the clause is about."""

    CUSTOMER = "customer"
    STAFF = "staff"
    THING = "thing"


class Clause(NamedTuple):
    """A predicate about the customer or the member of staff who acted, or a whole clause about something else."""

    subject: Subject
    en: str
    zh: str


def the_customer(en: str, zh: str) -> Clause:
    """The customer did it."""
    return Clause(Subject.CUSTOMER, en, zh)


def the_staff(en: str, zh: str) -> Clause:
    """Whoever acted for the company did it."""
    return Clause(Subject.STAFF, en, zh)


def it(en: str, zh: str) -> Clause:
    """It happened; the clause names its own subject."""
    return Clause(Subject.THING, en, zh)
