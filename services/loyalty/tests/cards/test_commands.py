"""Commands about cards: the furthest value of each field, and one step further."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_eventlog.command import Command
from crm_loyalty.cards.commands import IssueCard

CUSTOMER = {"customer_id": UUID(int=7)}


@pytest.mark.parametrize(
    ("kind", "body", "field", "kept"),
    [
        (IssueCard, {**CUSTOMER, "number": "a" * 32}, "number", "A" * 32),
        (IssueCard, {**CUSTOMER, "number": "6 6-8 8-vip"}, "number", "6688VIP"),
    ],
)
def test_the_furthest_value_is_kept(kind: type[Command], body: dict[str, Any], field: str, kept: Any) -> None:
    assert getattr(kind.model_validate(body), field) == kept


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (IssueCard, {**CUSTOMER, "number": "a" * 33}, "number"),
        (IssueCard, {**CUSTOMER, "number": "66--88"}, "number"),
    ],
)
def test_one_step_further_is_refused_by_its_field(kind: type[Command], body: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(body)

    assert {error["loc"][0] for error in refused.value.errors()} == {field}
