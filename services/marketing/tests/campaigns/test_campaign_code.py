"""Limits of the series of codes."""

import pytest

from crm_marketing.campaigns.campaign_code import SERIES, CodeOutsideTheSeries


@pytest.mark.parametrize(("code", "inside"), [("CM-2026-000", True), ("CM-2099-99999", True), ("CM-2026-100000", False),
    ("CM-2126-048", False), ("CM-2026-0999", False)])  # fmt: skip
def test_the_series_of_codes_ends_somewhere(code: str, inside: bool) -> None:
    if inside:
        SERIES.refuse_outsiders(code)
    else:
        with pytest.raises(CodeOutsideTheSeries):
            SERIES.refuse_outsiders(code)
