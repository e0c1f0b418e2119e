"""Limits of the commands about one message."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_marketing.messages import commands

MESSAGE: dict[str, Any] = {"message_id": UUID(int=2)}


@pytest.mark.parametrize(
    ("kind", "given", "field", "longest"),
    [
        (commands.RecordAcceptance, MESSAGE, "provider_reference", 200),
        (commands.RecordBounce, MESSAGE, "reason", 4000),
        (commands.RecordAnswer, MESSAGE, "answer", 4000),
    ],
)
def test_what_is_said_is_not_empty_and_not_longer_than_allowed(
    kind: Any, given: dict[str, Any], field: str, longest: int
) -> None:
    for length in (1, longest):
        assert getattr(kind(**given, **{field: "x" * length}), field) == "x" * length
    for length in (0, longest + 1):
        with pytest.raises(ValidationError):
            kind(**given, **{field: "x" * length})
