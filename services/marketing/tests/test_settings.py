"""Settings of marketing."""

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


def test_the_mail_server_is_on_port_25_without_encryption_unless_it_is_set() -> None:
    unset = Settings()

    said_of_mail = {name: value for name, value in unset.model_dump().items() if name.startswith("smtp_")}
    assert said_of_mail.pop("smtp_password").get_secret_value() == ""
    assert said_of_mail == {
        "smtp_host": "", "smtp_port": 25, "smtp_security": "none", "smtp_user": "",
        "smtp_from": "marketing@localhost", "smtp_timeout_seconds": 30,
    }  # fmt: skip
    for odd in ({"smtp_port": 0}, {"smtp_port": 65536}, {"smtp_timeout_seconds": 0}, {"smtp_timeout_seconds": 601}):
        with pytest.raises(ValidationError):
            Settings(**odd)
    edges = Settings(smtp_port=65535, smtp_timeout_seconds=600), Settings(smtp_port=1, smtp_timeout_seconds=0.5)
    assert [(one.smtp_port, one.smtp_timeout_seconds) for one in edges] == [(65535, 600), (1, 0.5)]
