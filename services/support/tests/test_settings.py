"""What an operator sets for support."""

import pytest

from crm_support.__main__ import SERVICE


def test_support_listens_to_variables_of_its_own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SUPPORT_PAGE_SIZE", "7")
    monkeypatch.setenv("CRM_SALES_PAGE_SIZE", "8")

    assert SERVICE.settings().page_size == 7
