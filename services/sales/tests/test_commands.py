"""Limits of commands: the length of texts, the number of pieces and lines, and the fields that may be left out."""

from typing import Any

import pytest
from pydantic import ValidationError

from crm_eventlog.command import Command
from crm_sales.fields import Amount
from crm_sales.leads.commands import AssignLead, CaptureLead, ConvertLead
from crm_sales.opportunities.commands import LoseOpportunity, MoveOpportunity, OpenOpportunity
from crm_sales.orders.commands import OrderedLine, PlaceOrder, ReturnedPieces, ReturnOrder, TakePayment
from services.sales.tests.world import MR_WU, NOBODY, cable, yuan

LINE = cable(yuan("1"))
LEAD = {"customer_id": MR_WU, "source": "web", "interest": "X2"}
GIVEN = {"lead_id": NOBODY, "salesperson": "li.na", "reason": "ill"}
BECAME = {"lead_id": NOBODY, "title": "X2", "expected": yuan("1")}
SALE = {"customer_id": MR_WU, "title": "X2", "expected": yuan("1")}
MOVE = {"opportunity_id": NOBODY, "stage": "offer", "why": "asked"}
ORDER = {"customer_id": MR_WU, "channel": "store", "lines": [LINE]}
BACK = {"order_id": NOBODY, "reason": "wrong colour"}
CODE, NAME, PROSE = 100, 200, 4000


def wrong(command: type[Command], body: dict[str, Any]) -> list[str]:
    """Name the fields that make a command unacceptable; none when it is taken as it is."""
    try:
        command(**body)
    except ValidationError as refused:
        return [".".join(map(str, error["loc"])) for error in refused.errors()]
    return []


@pytest.mark.parametrize(
    ("command", "body", "field", "longest"),
    [
        *((CaptureLead, LEAD, field, CODE) for field in ("source", "campaign_code", "city")),
        (CaptureLead, LEAD, "keyword", NAME),
        (CaptureLead, LEAD, "interest", PROSE),
        (AssignLead, GIVEN, "salesperson", CODE),
        (AssignLead, GIVEN, "reason", PROSE),
        (ConvertLead, BECAME, "title", NAME),
        (ConvertLead, BECAME, "stage", CODE),
        (OpenOpportunity, SALE, "title", NAME),
        *((OpenOpportunity, SALE, field, CODE) for field in ("stage", "salesperson", "campaign_code")),
        (MoveOpportunity, MOVE, "stage", CODE),
        (MoveOpportunity, MOVE, "why", PROSE),
        (LoseOpportunity, {"opportunity_id": NOBODY}, "reason", PROSE),
        *((PlaceOrder, ORDER, field, CODE) for field in ("unit", "campaign_code")),
        *((OrderedLine, LINE, field, CODE) for field in ("sku", "assistant")),
        (OrderedLine, LINE, "name", NAME),
        (ReturnOrder, BACK, "reason", PROSE),
    ],
)
def test_a_text_has_at_least_a_letter_and_at_most_so_many(
    command: type[Command], body: dict[str, Any], field: str, longest: int
) -> None:
    tried = {text: wrong(command, {**body, field: text}) for text in ("x", "x" * longest, "x" * (longest + 1), "", " ")}

    assert list(tried.values()) == [[], [], [field], [field], [field]]


@pytest.mark.parametrize(
    ("command", "body", "field", "allowed", "refused"),
    [
        (OrderedLine, LINE, "quantity", (1, 100_000), (0, -1, 100_001, 1.5)),
        (ReturnedPieces, {"line": 1}, "quantity", (1, 100_000), (0, 100_001)),
        (ReturnedPieces, {"quantity": 1}, "line", (1, 1000), (0, 1001)),
        (PlaceOrder, ORDER, "lines", ([LINE], [LINE] * 200), ([], [LINE] * 201)),
        (
            ReturnOrder,
            BACK,
            "lines",
            ([], [{"line": 1, "quantity": 1}] * 200),
            ([{"line": 1, "quantity": 1}] * 201,),
        ),
        (Amount, yuan("1"), "amount", ("1" * 14 + ".1234", "0"), ("1" * 15, "1.12345", "x1", "1x")),
        (Amount, yuan("1"), "currency", ("JPY",), ("JPYX", "XJPY", "JP", "jpy", "")),
    ],
)
def test_a_number_and_a_list_stay_within_their_bounds(
    command: type[Command], body: dict[str, Any], field: str, allowed: tuple[Any, ...], refused: tuple[Any, ...]
) -> None:
    assert [wrong(command, {**body, field: value}) for value in allowed] == [[] for _ in allowed]
    assert [[each.partition(".")[0] for each in wrong(command, {**body, field: value})] for value in refused] == [
        [field] for _ in refused
    ]


LEFT_OUT = {
    CaptureLead: (LEAD, {"lead_id": None, "keyword": None, "campaign_code": None, "city": None}),
    ConvertLead: (BECAME, {"opportunity_id": None, "stage": None}),
    OpenOpportunity: (
        SALE,
        {"opportunity_id": None, "stage": None, "salesperson": None, "campaign_code": None},
    ),
    PlaceOrder: (ORDER, {"order_id": None, "unit": None, "opportunity_id": None, "campaign_code": None}),
    TakePayment: ({"order_id": NOBODY, "amount": yuan("1"), "means": "card"}, {"payment_id": None}),
    ReturnOrder: (BACK, {"return_id": None, "lines": ()}),
    OrderedLine: (LINE, {"quantity": 1, "total": None, "assistant": None}),
    ReturnedPieces: ({"line": 1, "quantity": 1}, {}),
    Amount: (yuan("1"), {}),
}


@pytest.mark.parametrize("command", LEFT_OUT, ids=lambda command: command.__name__)
def test_what_is_left_out_of_a_command_is_left_to_us_and_nothing_unknown_is_taken(command: type[Command]) -> None:
    body, left_out = LEFT_OUT[command]

    assert command(**body).model_dump(include=set(left_out)) == left_out
    assert wrong(command, {**body, "colour": "red"}) == ["colour"]


@pytest.mark.parametrize(
    "part",
    [
        OrderedLine(**{**LINE, "sku": " CABLE\t"}),
        ReturnedPieces(line=1, quantity=1),
        Amount(**yuan("1")),
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_part_of_a_command_is_taken_without_blanks_around_it_and_never_changed(part: Any) -> None:
    first = next(iter(type(part).model_fields))

    assert getattr(part, first) in ("CABLE", 1, "1")
    with pytest.raises(ValidationError):
        setattr(part, first, "2")
