"""Settings that an operator may choose, and those that are rejected."""

import pytest
from pydantic import ValidationError

from crm_chassis.settings import ServiceSettings
from shared.chassis.tests.support.notes_service import Settings


def test_a_service_that_is_told_nothing_keeps_its_facts_in_a_file_of_its_name() -> None:
    settings = Settings()

    assert settings.database_url == "sqlite:///.crm/notes.db"
    assert (settings.host, settings.port, settings.partitions) == ("127.0.0.1", 0, 16)


def test_every_variable_carries_the_prefix_of_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOTES_PORT", "8080")
    monkeypatch.setenv("CRM_OTHERS_PORT", "9090")

    assert Settings().port == 8080


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_service_listens_on_loopback(host: str) -> None:
    assert Settings(host=host).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "example.com", "", "127.0.0.1.example.com"])
def test_a_service_refuses_to_be_called_from_another_machine(host: str) -> None:
    with pytest.raises(ValidationError, match=r"until sign-in exists.*127\.0\.0\.1"):
        Settings(host=host)


def test_a_secret_in_an_address_is_not_shown() -> None:
    settings = Settings(database_url="postgresql://crm:geheim@localhost/notes")

    assert "geheim" not in repr(settings)


def test_every_variable_has_a_default() -> None:
    assert [name for name, field in ServiceSettings.model_fields.items() if field.is_required()] == []
