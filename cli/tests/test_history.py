"""`crm history`: the customer, the copy, and the time of a history."""

import json
from typing import Any
from uuid import uuid4

import pytest

from cli.tests.crm_command import Crm, Up, run, write_csv
from crm_cli.time_arguments import CHINA, InvalidTime, parse_instant
from crm_history.sentences import CHINA as SPOKEN

SISTERS = (("甲", "jia"), ("乙", "yi"))


@pytest.fixture(scope="module")
def two_sisters(up: Up, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Register two customers of one family in every service, and return the family name."""
    family = f"慕容{uuid4().hex[:6]}"
    sisters = [[f"{family}-{mail}", f"{family}{name}", f"{mail}@{family[2:]}.cn"] for name, mail in SISTERS]
    file = write_csv(tmp_path_factory.mktemp("family") / "sisters.csv", [["no", "name", "email"], *sisters])
    assert run("import", "customers", file, folder=up.folder).exit_code == 0
    assert run("verify", folder=up.folder).exit_code == 0
    return family


def shown(crm: Crm, *words: str) -> dict[str, Any]:
    result = crm("history", *words, "--json")
    assert result.exit_code == 0, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_every_service_shows_what_was_registered_at_one_of_them(crm: Crm, two_sisters: str) -> None:
    seen = [shown(crm, f"{two_sisters}甲", "--seen-by", name) for name in ("contacts", "support", "loyalty")]

    assert seen[0]["entries"] == seen[1]["entries"] == seen[2]["entries"]
    assert [entry["type"] for entry in seen[0]["entries"]] == ["crm.contacts.CustomerRegistered.v1"]


def test_a_customer_is_found_by_name_by_mail_and_by_id(crm: Crm, two_sisters: str) -> None:
    by_name = shown(crm, f"{two_sisters}甲")

    by_mail = shown(crm, f"jia@{two_sisters[2:]}.cn")
    by_id = shown(crm, by_name["customer_id"])

    assert by_name["entries"] == by_mail["entries"] == by_id["entries"]


def test_several_customers_who_fit_are_listed_and_none_is_taken(crm: Crm, two_sisters: str) -> None:
    result = crm("history", two_sisters)

    assert result.exit_code == 2
    assert f"{two_sisters}甲" in result.stderr
    assert f"{two_sisters}乙" in result.stderr
    assert result.stdout == ""


def test_nobody_who_fits_is_said(crm: Crm) -> None:
    result = crm("history", "nobody@nowhere.example")

    assert result.exit_code == 1
    assert "no customer fits" in result.stderr


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--as-of", "2020-01-01"], 0),
        (["--known-at", "2020-01-01T09:30+08:00"], 0),
        (["--as-of", "2999-12-31", "--service", "contacts", "--kind", "customer", "--channel", "system"], 1),
        (["--service", "support"], 0),
    ],
)
def test_a_history_is_shown_as_it_was_and_in_part(crm: Crm, two_sisters: str, words: list[str], count: int) -> None:
    assert len(shown(crm, f"{two_sisters}乙", *words)["entries"]) == count


def test_a_person_reads_a_table_in_their_language(crm: Crm, two_sisters: str) -> None:
    name = f"{two_sisters}甲"

    in_english, in_chinese = (crm("history", name, "--language", tongue).stdout for tongue in ("en", "zh"))

    assert f"Registered {name} as a customer" in in_english
    assert f"登记了客户{name}" in in_chinese


def test_a_history_that_is_empty_then_is_said_to_be(crm: Crm, two_sisters: str) -> None:
    result = crm("history", f"{two_sisters}甲", "--as-of", "2020-01-01")

    assert result.exit_code == 0
    assert "knows nothing of" in result.stdout


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-20", "2026-11-20T23:59:59.999999+08:00"),
        ("2026-11-20T09:30", "2026-11-20T09:30:00+08:00"),
        ("2026-11-20T09:30+00:00", "2026-11-20T09:30:00+00:00"),
    ],
)
def test_a_day_means_until_its_end_and_a_time_without_offset_is_chinas(text: str, iso: str) -> None:
    assert parse_instant(text).isoformat() == iso


def test_what_is_no_moment_is_refused() -> None:
    with pytest.raises(InvalidTime):
        parse_instant("yesterday")


def test_times_are_shown_in_the_zone_that_the_sentences_speak_of() -> None:
    assert CHINA.utcoffset(None) == SPOKEN.utcoffset(None)
