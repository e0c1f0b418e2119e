"""Kinds of entry in a customer's history."""

from collections.abc import Callable
from enum import StrEnum
from operator import attrgetter
from typing import Any


class EntryKind(StrEnum):
    """A kind of entry, by which a history is filtered; those of cases are named like the kinds of case."""

    CARD = "card"
    COMPLAINT = "complaint"
    CONSENT = "consent"
    CRITICISM = "criticism"
    CUSTOMER = "customer"
    LEAD = "lead"
    MEMBER = "member"
    MESSAGE = "message"
    NEED = "need"
    OPPORTUNITY = "opportunity"
    ORDER = "order"
    PAYMENT = "payment"
    POINTS = "points"
    PRAISE = "praise"
    QUESTION = "question"
    RATING = "rating"
    RETURN = "return"
    SUGGESTION = "suggestion"
    TOUCH = "touch"
    VISIT = "visit"


KindOf = Callable[[Any], str]

kind_of_its_case: KindOf = attrgetter("kind.value")
"""The kind of an event that says the kind of its case."""
