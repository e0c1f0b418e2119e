"""Messages over HTTP: what people ask for, and what only the mailing asks for."""

from typing import Any

import pytest

from services.marketing.tests.running_service import Marketing

NOBODY = "00000000-0000-0000-0000-00000000dead"


@pytest.mark.parametrize("name", ["hand-over-message", "record-unknown-outcome"])
def test_what_belongs_to_the_sender_is_not_asked_over_http(marketing: Marketing, name: str) -> None:
    assert marketing.web.command(name, {"message_id": NOBODY}).status_code == 404


@pytest.mark.parametrize(
    ("name", "body"),
    [("record-acceptance", {}), ("record-bounce", {"reason": "550"}), ("record-answer", {"answer": "yes"})],
)
def test_a_message_nobody_requested_is_not_found(marketing: Marketing, name: str, body: dict[str, Any]) -> None:
    assert marketing.web.command(name, {"message_id": NOBODY, **body}).status_code == 404
