"""The base of every aggregate: it decides, records facts, and refuses with a reason a person can act on."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import eventsourcing.domain
from eventsourcing.domain import event

__all__ = ["Aggregate", "NotFound", "Refused", "Text", "event"]

UNTIMED = datetime(1970, 1, 1, tzinfo=UTC)


class Text(NamedTuple):
    """A sentence for people, in both languages."""

    en: str
    zh: str


class Refused(Exception):
    """A rule said no: names the field, the value, the rule and the way out.

    Subclasses are named for the broken rule, in the past (`ComplaintAlreadyResolved`), and set `rule` and `way_out`;
    a rule that must name an amount is set on the instance, before `super().__init__`.
    """

    rule: Text = Text("The request breaks a rule.", "请求违反了规则。")
    way_out: Text = Text("Correct the value and ask again.", "请更正该值后重试。")

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{type(self).__name__}: {field}={value!r}. {self.rule.en} {self.way_out.en}")
        self.field = field
        self.value = value


class NotFound(Refused):
    """What was named does not exist here."""

    rule = Text("There is nothing with this id.", "没有此编号的记录。")
    way_out = Text("Check the id, or create it first.", "请检查编号，或先创建。")


class Aggregate(eventsourcing.domain.Aggregate):
    """Facts carry no clock of their own: when something happened is a circumstance, kept beside the fact."""

    class Event(eventsourcing.domain.Aggregate.Event):
        """One fact in the life of an aggregate."""

        @staticmethod
        def create_timestamp() -> datetime:
            return UNTIMED

    class Created(Event, eventsourcing.domain.Aggregate.Created):
        """The first fact of a stream."""

    @property
    def partition_key(self) -> UUID:
        """Whose history the facts belong to: the customer's id, or the aggregate's own where none is concerned."""
        return self.id
