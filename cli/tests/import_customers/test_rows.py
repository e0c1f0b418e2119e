"""Rows, headings and entries of files as other systems write them, without any service."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cli.tests.crm_command import CLERK, write_csv
from crm_cli.import_customers.checking import Candidate, KeyMissing, RowChecker
from crm_cli.import_customers.formats import normalise_date, split_values
from crm_cli.import_customers.mapping import Columns, MappingFile
from crm_cli.import_customers.reading import FileUnreadable, Row, open_customers_file
from crm_cli.import_customers.rejects import Reason, RejectsFile
from crm_cli.import_customers.run import import_customers
from crm_cli.options import Encoding
from crm_contacts.customers import BATCH


def rows(file: Path) -> list[Row]:
    with open_customers_file(file, Encoding.UTF_8) as open_file:
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


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "{} has no headings in its first line"),
        ("\ufeff姓名\n".encode("utf-16-le"), "{} is written in UTF-16: save it as CSV in UTF-8"),
        (
            "姓名\n".encode() + "陈丽\n".encode("gb18030"),
            "{} is not written in utf-8 (soon after line 1): try --encoding gb18030",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "c.csv"
    file.write_bytes(content)

    with pytest.raises(FileUnreadable) as refused:
        rows(file)

    assert str(refused.value) == reason.format(file)


HEADINGS = (
    "customer number,name,kind,form of address,phone,email,language,birthday,country,region,city,street,postcode",
    "No.,company,Customer Type:,salutation,TEL,Mail,preferred_language,DOB,country code,state,town,address,zip",
    "客户编号,姓名,类型,称谓,手机,邮箱,语言,生日,国家,省,城市,街道,邮编",
    "會員號,公司名稱,類別,稱呼,固話,邮件,語言偏好,出生年月日,國家,地區,市,住址,郵政編碼",
    "客戶編號,客戶姓名,客戶類型,稱謂,手机号码,電子郵箱,語言,出生日期,国家,省份,市,詳細地址,邮政编码",
)


@pytest.mark.parametrize("headings", HEADINGS)
def test_usual_headings_are_understood_in_english_and_chinese(headings: str) -> None:
    fields = ["key", "name", "kind", "form_of_address", "phones", "emails", "language", "birthday"]
    address = [f"address.{part}" for part in ("country", "region", "city", "street", "postcode")]

    assert list(columns(*headings.split(",")).fields) == [*fields, *address]


def test_of_two_columns_for_one_field_the_first_is_taken_and_phones_are_taken_from_all() -> None:
    found = columns("name", "Phone 1", "customer", "备注", "Phone 2", "E-Mail 2")

    assert list(found.fields) == ["name", "phones", None, None, "phones", "emails"]
    assert found.ignored == ["customer", "备注"]


@pytest.mark.parametrize(
    ("heading", "entries", "code"),
    [
        ("kind", "Person, private, p, 个人, 个人客户", "person"),
        ("kind", "COMPANY, business, c, 公司, 企业客户", "company"),
        ("language", "zh, ZH-TW, mandarin, 中文, 普通话", "zh"),
        ("language", "EN, en-us, English, 英文, 英語", "en"),
        ("country", "China, prc, 中国, 中华人民共和国", "CN"),
        ("country", "Hong Kong, 香港", "HK"),
        ("country", "macao, 澳門", "MO"),
        ("country", "taiwan, 台灣", "TW"),
        ("country", "DE", "DE"),
    ],
)
def test_what_means_the_same_becomes_the_same_code(heading: str, entries: str, code: str) -> None:
    found = columns("name", "city", heading)

    contents = [found.content(["陈丽", "x", entry])[1] for entry in entries.split(", ")]

    rest = {"addresses": [{"city": "x", "country": code}]} if heading == "country" else {heading: code}
    assert contents == [{"addresses": [{"city": "x"}], "name": "陈丽", **rest}] * len(contents)


def test_what_a_mapping_file_means_goes_before_what_is_usual_and_a_column_before_a_constant() -> None:
    found = columns(
        *("Art", "Ruf", "Firma"),
        columns={"Art": "kind", "Firma": "name", "Ruf": "phones"},
        values={"kind": {"P": "company"}},
        constants={"region": "HK", "kind": "person", "phones": "139"},
    )

    assert found.content([" P ", "2855 3000", "Huawei"]) == (
        "",
        {"kind": "company", "region": "HK", "name": "Huawei", "phones": ["139", "2855 3000"]},
    )
    assert found.content(["", "", "Li"])[1] == {"kind": "person", "region": "HK", "name": "Li", "phones": ["139"]}


def checked(file: Path, language: str = "en") -> dict[int, object]:
    """Return line -> the customer's id, or the field, value and rule that speak against the row."""
    with open_customers_file(file, Encoding.UTF_8) as open_file:
        checking = RowChecker(Columns.of(open_file.headings, MappingFile()), language)
        answers = {row.line: checking.check(row) for row in open_file}
    return {
        line: str(answer.customer.customer_id)
        if isinstance(answer, Candidate)
        else [(each.field, each.value, each.rule) for each in answer]
        for line, answer in answers.items()
    }


def test_without_numbers_customers_are_told_apart_by_phone_and_else_by_mail_whatever_its_case(tmp_path: Path) -> None:
    people = [
        ["陈丽", "138 0013 8000；020-88881234", "a@example.com"],
        ["李娜", "", "Li.Na@example.com"],
        ["李娜", "", "li.NA@EXAMPLE.com"],
        ["陈莉", "+86 13800138000", "b@example.com"],
        ["王芳", "139 0013 8000", "Li.Na@example.com"],
        ["无名", "", ""],
    ]

    found = checked(write_csv(tmp_path / "c.csv", [["name", "phone", "email"], *people]))

    id_of = columns("name").customer_id
    assert found == {
        2: str(id_of("+8613800138000")),
        3: str(id_of("li.na@example.com")),
        4: [("key", "li.na@example.com", "Line 3 is the same customer already.")],
        5: [("key", "+8613800138000", "Line 2 is the same customer already.")],
        6: str(id_of("+8613900138000")),
        7: [("key", "", str(KeyMissing.message.en))],
    }


def test_with_numbers_only_the_number_tells_customers_apart(tmp_path: Path) -> None:
    people = [["17", "甲", "13800138000"], ["18", "乙", "13800138000"], ["17", "丙", ""], ["", "丁", "13900138000"]]

    found = checked(write_csv(tmp_path / "c.csv", [["no", "name", "phone"], *people]), "zh")

    id_of = columns("name").customer_id
    assert found == {
        2: str(id_of("17")),
        3: str(id_of("18")),
        4: [("key", "17", "第 2 行已是同一客户。")],
        5: [("key", "", KeyMissing.message.zh)],
    }


def test_a_row_is_handed_back_as_it_stood_with_every_reason_once(tmp_path: Path) -> None:
    twice = [Reason("name", "", "No name.", "Add it."), Reason("emails.0", "x", "No mail.", "Add it.")]

    with RejectsFile(tmp_path / "c.csv", ["姓名", "邮箱"], encoding=Encoding.UTF_8, delimiter=";") as rejects:
        rejects.add(7, ["陈,丽", "x"], twice)
        rejects.add(9, ["", ""], twice[:1])

    assert (rejects.rows, rejects.path) == (2, tmp_path / "c.rejects.csv")
    assert rejects.path.read_bytes().decode("utf-8") == (
        "\ufeff姓名;邮箱;crm_line;crm_field;crm_value;crm_rule;crm_hint\r\n"
        "陈,丽;x;7;name | emails.0; | x;No name. | No mail.;Add it.\r\n"
        ";;9;name;;No name.;Add it.\r\n"
    )


def test_a_trial_tells_its_progress_after_every_batch_and_counts_every_row(tmp_path: Path) -> None:
    people = [[f"{number}", f"王{number}" if number else ""] for number in range(BATCH + 2)]
    file, received = write_csv(tmp_path / "c.csv", [["no", "name"], *people]), list[tuple[int, int]]()

    how: dict[str, Any] = {"mapping": MappingFile(), "encoding": Encoding.UTF_8, "by": CLERK, "language": "en"}
    trial = import_customers(file, client=None, dry_run=True, progress=lambda *done: received.append(done), **how)
    report = asyncio.run(trial)

    assert received == [(BATCH + 1, BATCH + 2), (BATCH + 2, BATCH + 2)]
    counted = {"read": BATCH + 2, "acceptable": BATCH + 1, "registered": 0, "known": None, "rejected": 1}
    expected = {"file": str(file), "dry_run": True, "rejects": str(tmp_path / "c.rejects.csv"), "ignored_columns": []}
    assert report.as_json() == {**expected, **counted, "seconds": round(report.seconds, 1)}


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
    ("text", "date"),
    [
        ("1990-5-7", "1990-05-07"),
        ("1990/05/07", "1990-05-07"),
        ("1990.5.7", "1990-05-07"),
        ("19900507", "1990-05-07"),
        ("1990年5月7日", "1990-05-07"),
        ("1990-05-07 00:00:00", "1990-05-07"),
        ("1990 / 5 / 7", "1990-05-07"),
        ("1990-05-07T00:00", "1990-05-07"),
        ("1990-05-07 0:00", "1990-05-07"),
        ("1990-05-07 10:00", "1990-05-07 10:00"),
        ("199005071", "199005071"),
        ("7/5/1990", "7/5/1990"),
    ],
)
def test_only_dates_that_begin_with_the_year_are_rewritten(text: str, date: str) -> None:
    assert normalise_date(text) == date


def test_a_cell_may_hold_several_values() -> None:
    assert split_values(["138；139、137", "a@b.c, d@e.f"]) == ["138", "139", "137", "a@b.c", "d@e.f"]
    assert split_values(["1;2，3|4\n5,", " ; "]) == ["1", "2", "3", "4", "5"]
