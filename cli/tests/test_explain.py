"""`crm explain`: the number that a read model shows, and the events of the store that come to it."""

import json
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import crm_events
from cli.tests.crm_command import MS_CHEN, run
from crm_cli.data_folder import DataFolder
from crm_cli.services import SERVICES
from crm_cli.stores import translator_of
from crm_eventlog.command import Command
from crm_eventlog.command_context import CommandContext
from crm_eventlog.envelope import from_record
from crm_eventlog.migrate import migrate
from crm_eventlog.store import open_engine, open_store
from crm_loyalty.enrolment.commands import Enrol
from crm_loyalty.members import member_id
from crm_loyalty.points import commands as points
from crm_sales.orders import commands as orders

ORDER, SECOND, CASE = (UUID(int=number) for number in (1, 2, 3))
CARD = "6688 0001 2345"
Step = tuple[str, Command]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def store_with(folder: Path, service_name: str, story: list[Step]) -> Path:
    """Write the store of one service in which this happened, with its read models."""
    service = SERVICES[service_name]
    engine = open_engine(DataFolder(folder).databases[service_name])
    migrate(engine, partitions=16)
    application = service.application(open_store(engine, source=service_name, partitions=16))
    for number, (when, command) in enumerate(story):
        application.execute(command, context(at(when), number))
    translator = translator_of(service_name)
    facts = [fact for part in range(16) for fact in application.store.read(part, 0, 1_000)]  # type: ignore[attr-defined]
    records = [record for fact in facts if (record := translator.verified_record_of(fact))]
    events = [from_record(record.headers, record.value, crm_events.parse) for record in records]
    with engine.begin() as db:
        for model in service.read_models:
            for table in model.tables:
                table.create(db)
            model.project([event for event in events if event], db)
    engine.dispose()
    return folder


def context(when: datetime, number: int) -> CommandContext:
    return CommandContext(
        command_id=f"step-{number}",
        actor="李娜",
        role="clerk",
        unit="GZ-TIANHE",
        channel="store",
        occurred_at=when,
        recorded_at=when,
        correlation_id="story",
        causation_id=f"cause-{number}",
    )


@pytest.fixture
def a_members_years(tmp_path: Path) -> Path:
    """Write Ms Chen's points: earned twice, given for a long wait, spent, taken back; the rest of them lapses."""
    bought = {"customer_id": MS_CHEN, "currency": "CNY"}
    returned = {"refund": Decimal(100), "order_total": Decimal(500)}
    story: list[Step] = [
        ("2026-01-05T09:00", Enrol(customer_id=MS_CHEN, card_number=CARD)),
        ("2026-01-06T09:00", points.EarnPoints(order_id=ORDER, amount=Decimal(1000), **bought)),
        ("2026-02-06T09:00", points.EarnPoints(order_id=SECOND, amount=Decimal(500), **bought)),
        ("2026-03-06T09:00", points.RedeemPoints(customer_id=MS_CHEN, points=300, purpose="case")),
        ("2026-04-06T09:00", points.GrantGoodwill(customer_id=MS_CHEN, case_id=CASE, waited="P3D")),
        (
            "2026-05-06T09:00",
            points.TakeBackPoints(customer_id=MS_CHEN, return_id=UUID(int=9), order_id=SECOND, **returned),
        ),
    ]
    return store_with(tmp_path / ".crm", "loyalty", story)


def explain_json(folder: Path, *words: object, code: int = 0) -> dict[str, Any]:
    result = run("explain", *words, "--json", folder=folder)
    assert result.exit_code == code, result.stdout + result.stderr
    answer: dict[str, Any] = json.loads(result.stdout or result.stderr)
    return answer


@pytest.mark.parametrize(
    ("on", "available", "lapsed", "events"),
    [
        ("2026-01-05", 0, 0, 0),
        ("2026-01-06", 1000, 0, 1),
        ("2026-02-06", 1500, 0, 2),
        ("2026-03-06", 1200, 0, 3),
        ("2026-04-06", 1400, 0, 4),
        ("2026-05-06", 1300, 0, 5),
        ("2028-01-20", 600, 700, 5),
        ("2029-01-20", 0, 1300, 5),
    ],
)
def test_the_events_behind_a_balance_come_to_it_on_any_day(
    a_members_years: Path, on: str, available: int, lapsed: int, events: int
) -> None:
    found = explain_json(a_members_years, "balance", MS_CHEN, "--on", on)

    assert (found["available"], found["lapsed"], len(found["events"])) == (available, lapsed, events)
    assert sum(Decimal(each["amount"]) for each in found["events"]) == available + lapsed == Decimal(found["sum"])
    assert found["adds_up"] is True


def test_every_event_is_named_with_its_time_its_cause_and_its_position(a_members_years: Path) -> None:
    found = explain_json(a_members_years, "balance", MS_CHEN)

    with sqlite3.connect(a_members_years / "loyalty.db") as db:
        rows = db.execute("SELECT event_id, part, pos FROM events").fetchall()
    db.close()
    places = {str(UUID(event_id)): f"{part}:{pos}" for event_id, part, pos in rows}
    assert [each["position"] for each in found["events"]] == [places[each["event_id"]] for each in found["events"]]
    assert [each["caused_by"] for each in found["events"]] == [f"cause-{number}" for number in range(1, 6)]
    assert found["events"][0]["happened_at"] == "2026-01-06T09:00:00+00:00"
    assert "for an order" in found["events"][0]["because"]


@pytest.mark.parametrize("whose", [MS_CHEN, member_id(MS_CHEN), CARD, "668800012345"])
def test_a_member_is_named_by_any_number_of_theirs(a_members_years: Path, whose: object) -> None:
    assert explain_json(a_members_years, "balance", whose)["customer_id"] == str(MS_CHEN)


def test_a_person_reads_the_reasons_in_their_language(a_members_years: Path) -> None:
    shown = run("explain", "balance", MS_CHEN, "--language", "zh", folder=a_members_years).stdout

    assert "订单获得" in shown
    assert "so does the number" in shown


def test_a_number_that_its_events_do_not_come_to_is_not_believed(a_members_years: Path) -> None:
    with sqlite3.connect(a_members_years / "loyalty.db") as db:
        db.execute("UPDATE points_movements SET points = points + 1 WHERE kind = 'redeemed'")
    db.close()

    found = explain_json(a_members_years, "balance", MS_CHEN, "--on", "2026-05-06", code=1)

    assert (found["adds_up"], found["number"], found["sum"]) == (False, "1300", "1301")
    assert "NOT the same" in run("explain", "balance", MS_CHEN, folder=a_members_years).stdout


def test_an_event_that_is_in_no_store_is_not_believed(a_members_years: Path) -> None:
    with sqlite3.connect(a_members_years / "loyalty.db") as db:
        db.execute("DELETE FROM events WHERE topic = 'PointsAccount.Redeemed'")
    db.close()

    found = explain_json(a_members_years, "balance", MS_CHEN, code=1)

    assert (found["adds_up"], found["number"]) == (False, found["sum"])
    assert [each["position"] == "" for each in found["events"]].count(True) == 1


def test_what_is_owed_for_an_order_is_explained(tmp_path: Path) -> None:
    line = {"sku": "TV-55", "name": "TV", "quantity": 2, "unit_price": {"amount": "1000.00", "currency": "CNY"}}
    payment = {"order_id": ORDER, "means": "card"}
    story: list[Step] = [
        (
            "2026-01-06T09:00",
            orders.PlaceOrder.model_validate(
                {"order_id": ORDER, "customer_id": MS_CHEN, "channel": "store", "lines": [line]}
            ),
        ),
        (
            "2026-01-07T09:00",
            orders.TakePayment.model_validate({**payment, "amount": {"amount": "1500.00", "currency": "CNY"}}),
        ),
        (
            "2026-01-08T09:00",
            orders.ReturnOrder.model_validate(
                {"order_id": ORDER, "lines": [{"line": 1, "quantity": 1}], "reason": "wrong"}
            ),
        ),
    ]
    folder = store_with(tmp_path / ".crm", "sales", story)

    found = explain_json(folder, "receivable", ORDER)

    amounts = [Decimal(each["amount"]) for each in found["events"]]
    assert amounts == [Decimal(2000), Decimal(-1500), Decimal(-1000), Decimal(500)]
    assert (Decimal(found["number"]), found["adds_up"]) == (0, True)
    assert "sales knows no order" in explain_json(folder, "receivable", SECOND, code=1)["error"]


def test_nobody_who_is_no_member_has_a_balance(a_members_years: Path) -> None:
    assert "knows no member" in explain_json(a_members_years, "balance", "NOBODY1", code=1)["error"]
