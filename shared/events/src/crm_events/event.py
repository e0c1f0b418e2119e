"""The form every public event has: frozen, named once, closed to its publisher and open to its readers."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from crm_events.kinds import EntryKind, KindOf
from crm_events.sentences.clause import Sentence

CLOSED = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Value(BaseModel):
    """A part of an event that has no life of its own, such as an order line."""

    model_config = CLOSED


class PublicEvent(BaseModel):
    """Something that became true in one service and that every service may hear.

    A publisher is closed: constructing an event with a field it does not have fails, so that a slip of the pen
    never reaches a topic. A reader is open: `read` ignores fields it does not know, at every depth, because
    the publisher may have grown since. `TYPE` is the event's name on the wire, `crm.<service>.<Event>.v<VERSION>`.
    """

    model_config = CLOSED

    VERSION: ClassVar[int] = 1
    PUBLISHER: ClassVar[str]
    TYPE: ClassVar[str]
    EXAMPLE: ClassVar[Mapping[str, Any]]
    """An example as plain JSON; ids that it must have and does not give are filled in (`examples.py`)."""
    SENTENCE: ClassVar[Sentence]
    """The event in words, without when, where and by whom."""

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)  # type: ignore[arg-type]
        cls.PUBLISHER = _publisher_of(cls.__module__)
        cls.TYPE = f"crm.{cls.PUBLISHER}.{cls.__name__}.v{cls.VERSION}"

    @classmethod
    def meaning(cls) -> str:
        """Return what it says in one sentence, for people of other teams."""
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    def read(cls, payload: bytes | str) -> Self:
        """Read an event from JSON; unknown fields pass by, a wrong or missing one raises pydantic's ValidationError."""
        return cls.model_validate_json(payload, extra="ignore")


def topic_of_publisher(publisher: str) -> str:
    """Return the topic on which a service publishes its events, as in `crm.support.v1`."""
    return f"crm.{publisher}.v1"


def _publisher_of(module: str) -> str:
    """Return the publisher of the events in a module: support for `crm_events.support.cases`."""
    package, *parts = module.split(".")
    return parts[0] if package == __package__ else (parts or [package])[-1]


class CustomerEvent(PublicEvent):
    """A public event about one customer, whose id is also its key on the topic."""

    KIND: ClassVar[EntryKind | KindOf]
    """The kind of its entry in the customer's history, or a function of the event where its case decides."""

    customer_id: UUID
