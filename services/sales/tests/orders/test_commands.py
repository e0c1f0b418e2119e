"""Limits of the commands about orders: the length of texts, the number of pieces and lines."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from crm_eventlog.command import Command
from crm_sales.orders.commands import OrderedLine, PlaceOrder, ReturnedPieces, ReturnOrder, TakePayment
from services.sales.tests.limits import CODE, NAME, PROSE, wrong, wrong_texts, wrong_values
from services.sales.tests.world import MR_WU, NOBODY, cable, yuan

LINE = cable(yuan("1"))
ORDER = {"customer_id": MR_WU, "channel": "store", "lines": [LINE]}
BACK = {"order_id": NOBODY, "reason": "wrong colour"}
ONE_PIECE = {"line": 1, "quantity": 1}
LEFT_OUT = {
    PlaceOrder: (ORDER, {"order_id": None, "unit": None, "opportunity_id": None, "campaign_code": None}),
    TakePayment: ({"order_id": NOBODY, "amount": yuan("1"), "means": "card"}, {"payment_id": None}),
    ReturnOrder: (BACK, {"return_id": None, "lines": ()}),
    OrderedLine: (LINE, {"quantity": 1, "total": None, "assistant": None}),
    ReturnedPieces: (ONE_PIECE, {}),
}


@pytest.mark.parametrize(
    ("command", "body", "field", "longest"),
    [
        *((PlaceOrder, ORDER, field, CODE) for field in ("unit", "campaign_code")),
        *((OrderedLine, LINE, field, CODE) for field in ("sku", "assistant")),
        (OrderedLine, LINE, "name", NAME),
        (ReturnOrder, BACK, "reason", PROSE),
    ],
)
def test_a_text_has_at_least_a_letter_and_at_most_so_many(
    command: type[Command], body: dict[str, Any], field: str, longest: int
) -> None:
    assert list(wrong_texts(command, body, field, longest)) == [[], [], [field], [field], [field]]


@pytest.mark.parametrize(
    ("command", "body", "field", "allowed", "refused"),
    [
        (OrderedLine, LINE, "quantity", (1, 100_000), (0, -1, 100_001, 1.5)),
        (ReturnedPieces, {"line": 1}, "quantity", (1, 100_000), (0, 100_001)),
        (ReturnedPieces, {"quantity": 1}, "line", (1, 1000), (0, 1001)),
        (PlaceOrder, ORDER, "lines", ([LINE], [LINE] * 200), ([], [LINE] * 201)),
        (ReturnOrder, BACK, "lines", ([], [ONE_PIECE] * 200), ([ONE_PIECE] * 201,)),
    ],
)
def test_a_number_and_a_list_stay_within_their_bounds(
    command: type[BaseModel], body: dict[str, Any], field: str, allowed: tuple[Any, ...], refused: tuple[Any, ...]
) -> None:
    assert list(wrong_values(command, body, field, allowed)) == [[] for _ in allowed]
    assert list(wrong_values(command, body, field, refused)) == [[field] for _ in refused]


@pytest.mark.parametrize("command", LEFT_OUT, ids=lambda command: command.__name__)
def test_what_is_left_out_of_a_command_is_left_to_us_and_nothing_unknown_is_taken(command: type[Command]) -> None:
    body, left_out = LEFT_OUT[command]

    assert command(**body).model_dump(include=set(left_out)) == left_out
    assert wrong(command, {**body, "colour": "red"}) == ["colour"]


@pytest.mark.parametrize(
    "part",
    [OrderedLine(**{**LINE, "sku": " CABLE\t"}), ReturnedPieces(**ONE_PIECE)],
    ids=lambda part: type(part).__name__,
)
def test_a_part_of_a_command_is_taken_without_blanks_around_it_and_never_changed(part: Any) -> None:
    first = next(iter(type(part).model_fields))

    assert getattr(part, first) in ("CABLE", 1)
    with pytest.raises(ValidationError):
        setattr(part, first, "2")
