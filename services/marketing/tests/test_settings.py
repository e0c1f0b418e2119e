"""What an operator may set."""

import pytest
from pydantic import ValidationError

from crm_marketing.settings import Settings


def test_a_password_is_not_sent_in_clear_to_another_machine() -> None:
    with pytest.raises(ValidationError, match="encryption"):
        Settings(smtp_host="mail.example.com", smtp_user="marketing", smtp_password="secret")


@pytest.mark.parametrize(
    "server",
    [
        {"smtp_host": "mail.example.com", "smtp_security": "starttls"},
        {"smtp_host": "mail.example.com", "smtp_security": "tls"},
        {"smtp_host": "127.0.0.1"},
    ],
)
def test_a_password_is_sent_encrypted_or_within_this_machine(server: dict[str, str]) -> None:
    assert Settings(**server, smtp_user="marketing", smtp_password="secret").smtp_user == "marketing"


def test_the_password_is_not_shown() -> None:
    settings = Settings(smtp_host="127.0.0.1", smtp_user="marketing", smtp_password="a-secret-word")

    assert "a-secret-word" not in repr(settings)


@pytest.mark.parametrize("sender", ["", "news", "a@b\r\nBcc: c@d", "News <news@example.com>", "新闻@example.com"])
def test_messages_come_from_a_plain_address(sender: str) -> None:
    with pytest.raises(ValidationError):
        Settings(smtp_from=sender)


def test_every_variable_begins_with_the_services_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_MARKETING_SMTP_HOST", "mail.example.com")
    monkeypatch.setenv("CRM_MARKETING_SMTP_PORT", "587")

    settings = Settings()

    assert (settings.smtp_host, settings.smtp_port) == ("mail.example.com", 587)
