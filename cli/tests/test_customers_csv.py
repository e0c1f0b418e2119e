"""Files as other systems write them: rows, headings, entries; without any service."""

from pathlib import Path
from uuid import UUID

import pytest

from cli.tests.calling_crm import write_csv
from crm_cli.customers_csv.mapping import Columns, MappingFile, MappingUnclear
from crm_cli.customers_csv.reading import FileUnreadable, Row, opened
from crm_cli.customers_csv.writings import date_as_written, several
from crm_cli.options import Encoding


def rows(file: Path) -> list[Row]:
    with opened(file, Encoding.UTF_8) as open_file:
        return list(open_file)


def columns(*headings: str, **says: object) -> Columns:
    return Columns.of(headings, MappingFile.model_validate(says))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_headings_tell_what_separates_the_values(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "c.csv"
    file.write_text(f"name{delimiter}phone\n陈丽{delimiter}138\n", "utf-8")

    assert rows(file) == [Row(2, ["陈丽", "138"])]


def test_a_row_keeps_its_line_behind_empty_lines_and_values_of_several_lines(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text('name,street\n\n陈丽,"1st line\n2nd line"\n,\n李娜,x\n', "utf-8")

    assert [(row.line, row.values[0]) for row in rows(file)] == [(3, "陈丽"), (6, "李娜")]


def test_a_row_with_an_open_quotation_mark_does_not_hide_the_rows_after_it(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text('name,phone\n陈丽,"13"8\n李娜,139\n', "utf-8")

    broken, sound = rows(file)

    assert broken.line == 2
    assert broken.trouble is not None
    assert broken.trouble.value == '陈丽,"13"8'
    assert sound == Row(3, ["李娜", "139"])


def test_values_beyond_the_headings_are_named(tmp_path: Path) -> None:
    (row,) = rows(write_csv(tmp_path / "c.csv", [["name", "city"], ["陈丽", "广州", "天河", "1"]]))

    assert row.trouble is not None
    assert (row.values, row.trouble.value) == (["陈丽", "广州"], "天河,1")


@pytest.mark.parametrize("content", [b"", b"\n\n", "\ufeff姓名\n".encode("utf-16")])
def test_a_file_without_headings_or_in_two_bytes_a_letter_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "c.csv"
    file.write_bytes(content)

    with pytest.raises(FileUnreadable):
        rows(file)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-Mail", "emails"),
        ("Phone 2", "phones"),
        ("mobile_number", "phones"),
        ("手机号码", "phones"),
        ("客戶編號", "key"),
        ("Date of birth", "birthday"),
        ("邮政编码", "address.postcode"),
        ("备注", None),
    ],
)
def test_usual_headings_are_understood_in_english_and_chinese(heading: str, field: str | None) -> None:
    assert columns("name" if field != "name" else "x", heading).fields[1] == field


def test_a_row_becomes_the_fields_of_a_customer() -> None:
    found = columns("编号", "姓名", "手机", "电话", "国家", "城市", "生日", "类型", "语言")

    key, content = found.content(
        ["17", " 陈丽 ", "138 0013 8000；139", "020-1", "中国", "广州", "1990年5月17日", "个人", ""]
    )

    assert key == "17"
    assert content == {
        "name": "陈丽",
        "phones": ["138 0013 8000", "139", "020-1"],
        "addresses": [{"country": "CN", "city": "广州"}],
        "birthday": "1990-05-17",
        "kind": "person",
    }


def test_a_country_alone_is_no_address() -> None:
    assert "addresses" not in columns("name", "country").content(["陈丽", "CN"])[1]


def test_the_same_number_of_another_system_is_another_customer() -> None:
    of_erp, of_shop = (columns("no", "name", source=source) for source in ("erp", "shop"))

    assert of_erp.customer_id("17") == of_erp.customer_id("17") != of_shop.customer_id("17")
    assert of_erp.customer_id(str(UUID(int=7))) == of_shop.customer_id(str(UUID(int=7))) == UUID(int=7)


@pytest.mark.parametrize(
    ("headings", "says", "named"),
    [
        (("no", "phone"), {}, "--mapping"),
        (("no", "phone"), {"columns": {"Nr": "key"}}, "no, phone"),
        (("a", "b"), {"columns": {"a": "name", "b": "name"}}, "name"),
    ],
)
def test_columns_that_do_not_tell_who_the_customers_are_are_refused(
    headings: tuple[str, ...], says: dict[str, object], named: str
) -> None:
    with pytest.raises(MappingUnclear, match=named):
        columns(*headings, **says)


def test_a_mapping_file_with_a_field_that_no_customer_has_names_those_there_are(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text('[columns]\nNr = "number"\n')

    with pytest.raises(MappingUnclear, match=r"number is no field .* key, name"):
        MappingFile.read(file)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1990-5-7", "1990-05-07"),
        ("1990/05/07", "1990-05-07"),
        ("1990.5.7", "1990-05-07"),
        ("19900507", "1990-05-07"),
        ("1990年5月7日", "1990-05-07"),
        ("1990-05-07 00:00:00", "1990-05-07"),
        ("7/5/1990", "7/5/1990"),
    ],
)
def test_only_dates_that_begin_with_the_year_are_rewritten(text: str, date: str) -> None:
    assert date_as_written(text) == date


def test_a_cell_may_hold_several_values() -> None:
    assert several(["138；139、137", "a@b.c, d@e.f"]) == ["138", "139", "137", "a@b.c", "d@e.f"]
