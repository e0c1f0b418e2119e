"""Events as the relay would have written them, and Ms Chen's story."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection

from crm_eventlog.envelope import CloudEvent, from_record, to_record
from crm_eventlog.log import LogRecord
from crm_eventlog.log.headers import Headers
from crm_eventlog.store import GENESIS, StoredFact
from crm_events import (
    EVENTS,
    Channel,
    LocalizedText,
    Money,
    PublicEvent,
    contacts,
    loyalty,
    marketing,
    parse,
    sales,
    support,
)
from crm_events.examples import example
from crm_history import READ_MODEL, project

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CHEN, WANG = UUID("00000000-0000-4000-8000-000000000007"), UUID("00000000-0000-4000-8000-000000000008")
CASE, ORDER, MEMBER = UUID(int=31), UUID(int=13), UUID(int=41)
PARTITIONS = 2
_SPACE = UUID(int=99)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def golden(type: str) -> PublicEvent:
    """Return the example of this type, which is its golden payload."""
    return example(EVENTS[type])


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it stands in the log of its publisher: key, value and headers."""

    topic: str
    key: UUID
    value: bytes
    headers: Headers

    def at(self, offset: int) -> LogRecord:
        """Return the record at this offset of its key's partition."""
        return LogRecord(self.topic, self.partition, offset, str(self.key).encode(), self.value, self.headers, NOON)

    @property
    def partition(self) -> int:
        return self.key.int % PARTITIONS

    @property
    def event(self) -> CloudEvent:
        """Return the event as a reader of the log gets it."""
        event = from_record(self.headers, self.value, parse)
        assert event is not None
        return event


def told(
    event: PublicEvent,
    at: datetime = NOON,
    *,
    known: datetime | None = None,
    stream: UUID | None = None,
    version: int = 1,
    by: str = "li.na",
    role: str = "clerk",
    unit: str = "GZ-TIANHE",
    channel: str = "store",
    correlation_id: str = "a-visit",
    cause: UUID | str | None = None,
) -> Told:
    """Return an event that happened `at`; its service learned it when it happened, or at `known`."""
    key = getattr(event, "customer_id", UUID(int=1))
    stream = stream or getattr(event, "case_id", None) or uuid5(_SPACE, f"{event!r}{at}")
    command_context = {
        "actor": by,
        "role": role,
        "unit": unit,
        "channel": channel,
        "occurred_at": at.isoformat(),
        "correlation_id": correlation_id,
        "causation_id": str(cause) if cause else None,
    }
    fact = StoredFact(
        originator_id=stream,
        originator_version=version,
        topic="",
        state=b"",
        part=0,
        pos=1,
        event_id=uuid5(_SPACE, f"{event.TYPE}/{stream}/{version}"),
        partition_key=key,
        command_id="",
        recorded_at=known or at,
        metadata=json.dumps(command_context),
        prev_hash=GENESIS,
        hash=GENESIS,
    )
    _, value, headers = to_record(event.PUBLISHER, fact, event)
    return Told(f"crm.{event.PUBLISHER}.v1", key, value, headers)


def process_batch(db: Connection, *all_told: Told) -> None:
    """Let the history take these in, in one batch."""
    project([each.event for each in all_told], db)


def lay_tables(db: Connection) -> None:
    """Return the history's tables, empty."""
    for table in READ_MODEL.tables:
        table.create(db)


def yuan(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="CNY")


def asked(text: str = "为什么屏幕会闪烁？", *, case: UUID = CASE, by: UUID = CHEN) -> support.QuestionAsked:
    return support.QuestionAsked(customer_id=by, case_id=case, channel=Channel.WEB, subject="屏幕闪烁", text=text)


def no_remedy(reason: str = "No remedy until firmware 2.1.") -> support.CaseDeclaredUnresolvable:
    return support.CaseDeclaredUnresolvable(
        customer_id=CHEN, case_id=CASE, kind=support.CaseKind.QUESTION, reason=reason, expected_on=date(2026, 12, 3)
    )


def touched(channel: Channel, subject: str = "price of the X2", *, touch: int = 51) -> contacts.CustomerTouched:
    return contacts.CustomerTouched(
        customer_id=CHEN,
        touch_id=UUID(int=touch),
        channel=channel,
        place="Tianhe",
        direction=contacts.Direction.IN,
        subject=subject,
    )


def bought(channel: Channel = Channel.STORE, *, order: UUID = ORDER, by: UUID = CHEN) -> sales.OrderPlaced:
    phone = sales.OrderLine(
        line=1, sku="X2", name="X2 手机", quantity=1, unit_price=yuan("4999.00"), total=yuan("4999.00")
    )
    return sales.OrderPlaced(
        customer_id=by, order_id=order, lines=(phone,), total=yuan("4999.00"), unit="GZ-TIANHE", channel=channel
    )


def earned(points: int = 4999, *, by: UUID = CHEN) -> loyalty.PointsEarned:
    return loyalty.PointsEarned(
        customer_id=by,
        member_id=MEMBER,
        lot_id=UUID(int=43),
        points=points,
        reason=loyalty.EarningReason.PURCHASE,
        order_id=ORDER,
        expires_on=date(2028, 11, 20),
        balance=points,
    )


def opened(name_en: str = "Tianhe store", name_zh: str = "天河店") -> contacts.UnitOpened:
    return contacts.UnitOpened(
        unit_id=UUID(int=52),
        code="GZ-TIANHE",
        name=LocalizedText(en=name_en, zh=name_zh),
        kind=contacts.UnitKind.STORE,
        store_kind=contacts.StoreKind.STREET,
        ownership=contacts.Ownership.OWN,
        city="广州",
    )


@dataclass
class Story:
    """Tells events one after another, an hour apart, each stream with its own versions."""

    events: list[Told] = field(default_factory=list)
    versions: dict[UUID, int] = field(default_factory=dict)

    def then(self, event: PublicEvent, **command_context: Any) -> Told:
        """Return the next event of the story."""
        stream = command_context.pop("stream", None) or getattr(event, "case_id", None) or uuid5(_SPACE, repr(event))
        self.versions[stream] = self.versions.get(stream, 0) + 1
        at = command_context.pop("at", NOON + hours(len(self.events)))
        one = told(event, at, stream=stream, version=self.versions[stream], **command_context)
        self.events.append(one)
        return one


CAMPAIGN: dict[str, Any] = {"campaign_id": UUID(int=21), "campaign_code": "CM-2026-048"}
COMPLAINT: dict[str, Any] = {"customer_id": CHEN, "case_id": UUID(int=32), "kind": support.CaseKind.COMPLAINT}


def the_story_of_ms_chen() -> Sequence[Told]:
    """Mail, lead, touch, order, points, question, no remedy, complaint, escalation, left out, repaired, and Mr Wang."""
    tell = Story()
    tell.then(opened(), by="hq", role="manager")
    _buys_and_asks(tell)
    _complains(tell)
    tell.then(bought(Channel.WEB, order=UUID(int=14), by=WANG))
    tell.then(asked("Is there a case for the X2?", case=UUID(int=33), by=WANG))
    tell.then(opened("Tianhe flagship store", "天河旗舰店"), by="hq", role="manager")
    return tell.events


def _buys_and_asks(tell: Story) -> None:
    mail = marketing.MessageAccepted(customer_id=CHEN, message_id=UUID(int=22), **CAMPAIGN)
    tell.then(mail, by="smtp", role="system")
    tell.then(sales.LeadCaptured(customer_id=CHEN, lead_id=UUID(int=11), source="web", interest="X2"), channel="web")
    tell.then(touched(Channel.CALL_CENTRE), by="wu.min", role="agent")
    order = tell.then(bought())
    tell.then(earned(), by="policy:earn_points", role="system", cause=order.event.id)
    tell.then(asked(), channel="web")
    tell.then(no_remedy(), by="wang.wei", role="agent")


def _complains(tell: Story) -> None:
    about = {"channel": Channel.CALL_CENTRE, "subject": "Still flickers", "text": "Two weeks!"}
    said = {"customer_id": CHEN, "case_id": COMPLAINT["case_id"], "severity": support.Severity.HIGH, **about}
    tell.then(support.ComplaintFiled(**said))
    tell.then(support.CaseEscalated(**COMPLAINT, to="lead", by=support.EscalatedBy.DEADLINE, reason="four hours"))
    left_out = marketing.CustomerLeftOut(customer_id=CHEN, reason=marketing.LeftOutReason.OPEN_COMPLAINT, **CAMPAIGN)
    # The line was down: what happened two days earlier is told now.
    tell.then(left_out, at=NOON + hours(3.5), known=NOON + hours(50))
    repaired = support.CaseResolved(**COMPLAINT, resolution="Repaired.", opened_at=NOON, waited=timedelta(days=3))
    tell.then(repaired, at=NOON + hours(72))
    tell.then(earned(200), by="policy:thank", role="system")


def logs_of(story: Iterable[Told]) -> Mapping[tuple[str, int], list[Told]]:
    """Return the story as it lies in the partitions of the topics, in the order of each, with its positions."""
    logs: dict[tuple[str, int], list[Told]] = {}
    for one in story:
        log = logs.setdefault((one.topic, one.partition), [])
        position = f"{one.partition}:{len(log) + 1}".encode()
        headers = tuple((name, position if name == "ce_position" else value) for name, value in one.headers)
        log.append(replace(one, headers=headers))
    return logs
