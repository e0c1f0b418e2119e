"""The list of services, from which their names, their options and their touchpoints follow."""

from pathlib import Path

import pytest

from crm_cli.data_folder import DataFolder
from crm_cli.options import ServiceName
from crm_cli.services import SERVICE_NAMES, SERVICES, TOUCHPOINTS


def test_every_service_is_listed_under_its_own_name() -> None:
    assert [service.name for service in SERVICES.values()] == [*SERVICES] == [*SERVICE_NAMES]


def test_what_is_kept_asked_and_shown_of_each_service_follows_from_the_list(tmp_path: Path) -> None:
    assert [*DataFolder(tmp_path).databases] == [*ServiceName] == [*TOUCHPOINTS] == [*SERVICE_NAMES]


def test_a_service_that_is_not_listed_is_not_imported() -> None:
    with pytest.raises(KeyError):
        SERVICES["cli"]
