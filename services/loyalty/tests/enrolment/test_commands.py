"""Commands about enrolment: the furthest value of each field, and one step further."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_eventlog.command import Command
from crm_loyalty.enrolment.commands import Enrol
from crm_loyalty.vocabulary import Level

CUSTOMER = {"customer_id": UUID(int=7)}


@pytest.mark.parametrize(
    ("kind", "body", "field", "kept"),
    [
        (Enrol, {**CUSTOMER, "card_number": "6688"}, "card_number", "6688"),
    ],
)
def test_the_furthest_value_is_kept(kind: type[Command], body: dict[str, Any], field: str, kept: Any) -> None:
    assert getattr(kind.model_validate(body), field) == kept


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (Enrol, {**CUSTOMER, "card_number": "668"}, "card_number"),
        (Enrol, {**CUSTOMER, "level": "platinum"}, "level"),
    ],
)
def test_one_step_further_is_refused_by_its_field(kind: type[Command], body: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(body)

    assert {error["loc"][0] for error in refused.value.errors()} == {field}


def test_who_is_enrolled_without_a_level_is_an_ordinary_member_without_a_card() -> None:
    assert Enrol.model_validate(CUSTOMER).model_dump() == {
        **CUSTOMER,
        "level": Level.ORDINARY,
        "card_number": None,
    }
