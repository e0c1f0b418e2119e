"""E-mails as a campaign sends them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from crm_marketing.campaigns.smtp import OutgoingEmail, compose

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WORDS: dict[str, Any] = {
    "send_id": UUID(int=22),
    "campaign_code": "CM-2026-048",
    "sender": "news@example.com",
    "recipient": "chen@example.com",
    "name": "陈晓雯",
    "language": "zh",
    "subject": "陈晓雯，全新 X2 上市",
    "body": "您好！\n.\n.hidden\n欢迎到店体验。",
    "at": AT,
}


def an_email(**changes: Any) -> OutgoingEmail:
    """Compose an e-mail that says these words instead of the usual."""
    return compose(**{**WORDS, **changes})
