"""`crm import customers`: registered and known customers, and rejected rows with their reasons."""

import csv
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cli.tests.crm_command import Crm, run, write_csv
from crm_chassis.web.request_middleware import LARGEST_BODY
from crm_cli.data_folder import DataFolder, Running
from crm_cli.import_customers import sending
from crm_local.server import free_ports

HEADINGS = ["客户编号", "姓名", "手机", "邮箱", "城市", "生日", "备注"]
CHEN = {
    "kind": "person",
    "name": "陈丽",
    "form_of_address": "女士",
    "phones": ["+8613800138000"],
    "emails": ["Chen.Li@example.com"],
    "addresses": [{"country": "HK", "region": "", "city": "香港", "street": "", "postcode": ""}],
    "language": "en",
    "birthday": "1990-05-17",
}


@pytest.fixture
def number() -> str:
    """Return a customer number that no other test has used."""
    return uuid4().hex[:8]


def rows_of(number: str, count: int) -> list[list[str]]:
    """Return the rows of customers who can all be registered."""
    people = [
        [f"{number}-{n}", f"王小{n}", f"138{int(number, 16) % 10**5:05}{n:03}", "", "广州", "", ""]
        for n in range(count)
    ]
    return [HEADINGS, *people]


def imported(crm: Crm, file: Path, *words: str, code: int) -> dict[str, Any]:
    """Import a file, check the exit code, and return the answer for programs."""
    result = crm("import", "customers", file, "--json", *words)
    assert result.exit_code == code, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def counts(answer: dict[str, Any]) -> list[int]:
    return [answer[name] for name in ("read", "registered", "known", "rejected")]


def rejects(file: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with file.with_suffix(".rejects.csv").open(encoding=encoding, newline="") as rejected:
        return list(csv.DictReader(rejected))


def test_a_file_is_registered_once_however_often_it_is_imported(crm: Crm, number: str, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "customers.csv", rows_of(number, 7))

    first = imported(crm, file, code=0)
    again = imported(crm, file, code=0)

    assert min(first.pop("seconds"), again.pop("seconds")) >= 0
    rest = {"file": str(file), "dry_run": False, "acceptable": 0, "rejects": None, "ignored_columns": ["备注"]}
    assert first == {**rest, "read": 7, "registered": 7, "known": 0, "rejected": 0}
    assert again == {**rest, "read": 7, "registered": 0, "known": 7, "rejected": 0}


def test_a_batch_that_is_partly_known_registers_the_rest_and_says_how_many_were_known(
    crm: Crm, number: str, tmp_path: Path
) -> None:
    rows = rows_of(number, 5)
    imported(crm, write_csv(tmp_path / "monday.csv", rows[:3]), code=0)

    tuesday = imported(crm, write_csv(tmp_path / "tuesday.csv", rows), code=0)

    assert counts(tuesday) == [5, 3, 2, 0]


def test_a_batch_that_is_too_large_for_one_request_is_sent_in_parts(crm: Crm, number: str, tmp_path: Path) -> None:
    long = "龘" * 100
    rows = [[f"{number}-{n}", long * 2, long, long, long, long * 2] for n in range(500)]
    file = write_csv(tmp_path / "customers.csv", [["no", "name", "title", "province", "city", "street"], *rows])
    assert file.stat().st_size > LARGEST_BODY

    answer = imported(crm, file, code=0)

    assert counts(answer) == [500, 500, 0, 0]


@pytest.mark.feature("C42")
def test_what_was_written_in_two_ways_is_stored_in_the_same_field_format_and_code(crm: Crm, tmp_path: Path) -> None:
    ids = [str(uuid4()), str(uuid4())]
    erp = [
        ["customer number", "full name", "type", "title", "mobile", "e-mail", "language", "dob", "country", "town"],
        [
            *(ids[0], " 陈丽 ", "Private", "女士", "138 0013 8000", "Chen.Li@EXAMPLE.com"),
            *("English", "1990/5/17", "Hong Kong", "香港"),
        ],
    ]
    shop = [
        ["编号", "姓名", "城市", "生日", "手机", "邮箱", "语言", "类型", "国家", "称谓"],
        [
            *(ids[1], "陈丽", "香港", "1990年5月17日", "+86-13800138000", "Chen.Li@example.com"),
            *("英文", "个人", "香港", "女士"),
        ],
    ]

    for name, rows in (("erp.csv", erp), ("shop.csv", shop)):
        assert imported(crm, write_csv(tmp_path / name, rows), code=0)["registered"] == 1

    stored = [json.loads(crm("history", each, "--json").stdout)["entries"] for each in ids]
    assert [[entry["data"] for entry in entries] for entries in stored] == [
        [{"customer_id": each, **CHEN}] for each in ids
    ]


def test_rows_that_cannot_be_registered_are_handed_back_with_the_reason_and_sink_nobody_else(
    crm: Crm, number: str, tmp_path: Path
) -> None:
    broken = [
        [f"{number}-a", "坏电话", "123", "", "", "", ""],
        [f"{number}-b", "", "13800138000", "not an address", "", "", ""],
        [f"{number}-0", "又是零号", "", "", "", "", ""],
        ["", "无编号", "13800138000", "", "", "", ""],
        [f"{number}-c", "未来的人", "", "", "", "2999-01-01", ""],
        [f"{number}-d", "少了几列"],
    ]
    file = write_csv(tmp_path / "customers.csv", [*rows_of(number, 3), *broken])

    answer = imported(crm, file, code=3)

    assert counts(answer) == [9, 3, 0, 6]
    reasons = {row["crm_line"]: row for row in rejects(file)}
    assert {line: row["crm_field"] for line, row in reasons.items()} == {
        "5": "phones.0",
        "6": "name | emails.0",
        "7": "key",
        "8": "key",
        "9": "birthday",
        "10": "row",
    }
    assert reasons["5"]["手机"] == reasons["5"]["crm_value"] == "123"
    assert "Line 2 " in reasons["7"]["crm_rule"]
    assert all(row["crm_rule"] and row["crm_hint"] for row in reasons.values())


def test_a_reader_of_chinese_is_told_in_chinese_also_what_the_service_refuses(
    crm: Crm, number: str, tmp_path: Path
) -> None:
    broken = [[f"{number}-a", "坏电话", "123", "", "", "", ""], [f"{number}-b", "未来", "", "", "", "2999-1-1", ""]]
    file = write_csv(tmp_path / "customers.csv", [HEADINGS, *broken])

    imported(crm, file, "--language", "zh", code=3)

    expected = [row["crm_rule"] for row in rejects(file)]
    assert "电话号码须为所在国家的有效号码" in expected[0]
    assert expected[1] == "生日不能晚于今天。"


def test_what_was_handed_back_can_be_put_right_and_imported(crm: Crm, number: str, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "customers.csv", [*rows_of(number, 1), [f"{number}-a", "陈丽", "123", *[""] * 4]])
    imported(crm, file, code=3)
    handed_back = file.with_suffix(".rejects.csv")
    handed_back.write_text(handed_back.read_text("utf-8").replace(",123,", ",13800138000,", 1), "utf-8")

    mended = imported(crm, handed_back, code=0)

    assert counts(mended) == [1, 1, 0, 0]
    assert mended["ignored_columns"] == ["备注"]


def test_an_import_in_which_nothing_fails_leaves_no_rejects_of_an_earlier_one(
    crm: Crm, number: str, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "customers.csv", [HEADINGS, [f"{number}-a", "", *[""] * 5]])
    imported(crm, file, code=3)

    imported(crm, write_csv(file, rows_of(number, 1)), code=0)

    assert not file.with_suffix(".rejects.csv").exists()


def test_a_trial_registers_nobody_and_says_who_would_be(crm: Crm, number: str, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "customers.csv", [*rows_of(number, 2), [f"{number}-x", "", *[""] * 5]])

    trial = imported(crm, file, "--dry-run", code=3)

    assert (trial["acceptable"], *counts(trial)) == (2, 3, 0, 0, 1)
    assert len(rejects(file)) == 1
    assert counts(imported(crm, file, code=3)) == [3, 2, 0, 1]


def test_a_trial_needs_no_services(number: str, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "customers.csv", rows_of(number, 2))

    trial = run("import", "customers", file, "--dry-run", "--json", folder=tmp_path / "nothing")

    assert trial.exit_code == 0
    assert json.loads(trial.stdout)["known"] is None


def test_an_import_where_nothing_runs_says_how_to_start(number: str, tmp_path: Path) -> None:
    refused = run("import", "customers", write_csv(tmp_path / "c.csv", rows_of(number, 1)), folder=tmp_path / "nothing")

    assert refused.exit_code == 4
    assert "crm up" in refused.stderr


def test_an_import_that_contacts_stops_answering_says_that_it_may_be_repeated(
    number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PAUSES", (0.01, 0.01))
    silent = {"contacts": f"http://127.0.0.1:{free_ports(1)[0]}"}
    DataFolder(tmp_path).record_process(Running(addresses=silent, databases={}, log_url="", partitions=16))
    file = write_csv(tmp_path / "c.csv", rows_of(number, 1))

    refused = run("import", "customers", file, folder=tmp_path)

    assert refused.exit_code == 1
    assert "import the same file again" in refused.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_letters_of_a_file_are_read_as_they_were_written(crm: Crm, tmp_path: Path, encoding: str) -> None:
    customer_id = uuid4()
    file = write_csv(tmp_path / "customers.csv", [["customer no", "name"], [str(customer_id), "欧阳㐂"]], encoding)

    answer = imported(crm, file, "--encoding", encoding.removesuffix("-sig"), code=0)

    assert answer["registered"] == 1
    (registered,) = json.loads(crm("history", customer_id, "--json").stdout)["entries"]
    assert registered["data"]["name"] == "欧阳㐂"


def test_a_file_in_another_encoding_is_refused_before_anybody_is_registered(
    crm: Crm, number: str, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "customers.csv", rows_of(number, 3), "gb18030")

    refused = crm("import", "customers", file)

    assert refused.exit_code == 1
    assert "--encoding gb18030" in refused.stderr


def test_a_mapping_file_says_what_columns_and_entries_mean(crm: Crm, number: str, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "erp.csv", [["Nr", "Firma", "Art", "Ruf"], [number, "Huawei", "F", "2855 3000"]])
    mapping = tmp_path / "erp.toml"
    mapping.write_text(
        'source = "erp"\n[columns]\nNr = "key"\nFirma = "name"\nArt = "kind"\nRuf = "phones"\n'
        '[values.kind]\nF = "company"\n[constants]\nregion = "HK"\n'
    )

    answer = imported(crm, file, "--mapping", str(mapping), code=0)
    history = crm("history", "+852 2855 3000", "--json")

    assert answer["registered"] == 1
    assert history.exit_code == 0, history.stderr
    (registered,) = json.loads(history.stdout)["entries"]
    assert registered["data"]["kind"] == "company"


def test_a_mapping_that_does_not_fit_the_file_names_the_columns(crm: Crm, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "erp.csv", [["Nr", "Firma"], ["1", "Huawei"]])
    mapping = tmp_path / "erp.json"
    mapping.write_text('{"columns": {"Name": "name"}}')

    refused = crm("import", "customers", file, "--mapping", mapping)

    assert refused.exit_code == 1
    assert "Name" in refused.stderr
    assert "Nr, Firma" in refused.stderr
