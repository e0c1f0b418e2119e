"""Files of customers from the first byte to the last: rows, rejects, mapping files and reports."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cli.tests.crm_command import CLERK
from crm_cli.import_customers.checking import Candidate, RowChecker
from crm_cli.import_customers.mapping import Columns, MappingFile, MappingUnclear
from crm_cli.import_customers.reading import OUR_COLUMNS, FileUnreadable, Row, open_customers_file
from crm_cli.import_customers.rejects import Reason
from crm_cli.import_customers.run import Report, import_customers
from crm_cli.import_customers.sending import Counts
from crm_cli.options import Encoding
from crm_contacts.customers import ImportRow

BROKEN = (
    "编号,姓名,手机,邮箱,生日,备注\n"
    "17,陈丽,138 0013 8000,a@example.com,1990/5/17,VIP\n"
    "18,,123,x;a@example.com,,\n"
    "17,又来,,,,\n"
    ",无编号,,,,\n"
    '19,"少,了",\n'
    "20,多了,,,,a,b,c\n"
    '21,"引"号,,,,\n'
    '22,"两行\n名字,,,,\n'
)
HANDED_BACK_IN_ENGLISH = (
    "编号,姓名,手机,邮箱,生日,备注,crm_line,crm_field,crm_value,crm_rule,crm_hint\r\n"
    "18,,123,x;a@example.com,,,3,name | phones.0 | emails.0, | 123 | x,"
    '"Field required. | The phone number is not a valid number of its country, or it has an extension. | '
    'String should have at least 3 characters.","Add the field and try again. | Enter it with its country code, as in '
    '+86 138 0013 8000, or enter its country in `region`. | Correct the value and try again."\r\n'
    "17,又来,,,,,4,key,17,Line 2 is the same customer already.,Keep the row that is right.\r\n"
    ',无编号,,,,,5,key,,"A row has a customer number, or where the file has none, a phone or an e-mail address.",'
    '"Add it, so that a second import knows the customer again."\r\n'
    '19,"少,了",,,,,6,row,3 of 6,A row has as many values as there are headings.,'
    "Put a text that contains the delimiter in quotation marks.\r\n"
    '20,多了,,,,a,7,row,"b,c",A row has as many values as there are headings.,'
    "Put a text that contains the delimiter in quotation marks.\r\n"
    ',,,,,,8,row,"21,""引""号,,,,","A value in quotation marks ends with one, followed by a delimiter.",'
    '"Close the quotation mark, and double those within the text."\r\n'
    ',,,,,,9,row,"22,""两行\n名字,,,,","A value in quotation marks ends with one, followed by a delimiter.",'
    '"Close the quotation mark, and double those within the text."\r\n'
)
HANDED_BACK_IN_CHINESE = (
    "编号,姓名,手机,邮箱,生日,备注,crm_line,crm_field,crm_value,crm_rule,crm_hint\r\n"
    "18,,123,x;a@example.com,,,3,name | phones.0 | emails.0, | 123 | x,"
    "此字段必填。 | 电话号码须为所在国家的有效号码，不含分机号。 | 至少需要 3 个字符。,"
    "请补上后重试。 | 请带国家代码填写，例如 +86 138 0013 8000，或在 region 中注明国家。 | 请更正该值后重试。\r\n"
    "17,又来,,,,,4,key,17,第 2 行已是同一客户。,请只保留正确的一行。\r\n"
    ",无编号,,,,,5,key,,每行须有客户编号；文件没有编号列时，须有电话或电子邮箱。,"
    "请补上，以便再次导入时认出该客户。\r\n"
    '19,"少,了",,,,,6,row,3 of 6,每行的值数须与表头列数相同。,若文本中含有分隔符，请用双引号括起来。\r\n'
    '20,多了,,,,a,7,row,"b,c",每行的值数须与表头列数相同。,若文本中含有分隔符，请用双引号括起来。\r\n'
    ',,,,,,8,row,"21,""引""号,,,,",引号内的值须以引号结束，其后为分隔符。,请补上引号，文本内的引号请写两个。\r\n'
    ',,,,,,9,row,"22,""两行\n名字,,,,",引号内的值须以引号结束，其后为分隔符。,请补上引号，文本内的引号请写两个。\r\n'
)


def tried(file: Path, language: str = "en", encoding: Encoding = Encoding.UTF_8) -> dict[str, Any]:
    """Import a file as a trial without any service, and return the report."""
    how: dict[str, Any] = {"mapping": MappingFile(), "encoding": encoding, "by": CLERK, "language": language}
    return asyncio.run(import_customers(file, client=None, **how)).as_json()


@pytest.mark.parametrize(
    ("language", "encoding", "mark", "expected"),
    [
        ("en", Encoding.UTF_8, b"\xef\xbb\xbf", HANDED_BACK_IN_ENGLISH),
        ("zh", Encoding.GB18030, b"", HANDED_BACK_IN_CHINESE),
    ],
)
def test_what_is_wrong_with_a_file_is_handed_back_byte_by_byte_in_its_own_letters(
    tmp_path: Path, language: str, encoding: Encoding, mark: bytes, expected: str
) -> None:
    file, rejects = tmp_path / "c.csv", tmp_path / "c.rejects.csv"
    file.write_bytes(BROKEN.encode(encoding))

    report = tried(file, language, encoding)

    assert rejects.read_bytes() == mark + expected.encode(encoding)
    seconds = report.pop("seconds")
    assert 0 <= seconds < 60
    assert report == {
        "file": str(file), "dry_run": False, "rejects": str(rejects), "ignored_columns": ["备注"],
        "read": 8, "acceptable": 1, "registered": 0, "known": None, "rejected": 7,
    }  # fmt: skip


def test_what_was_handed_back_and_is_still_wrong_is_handed_back_once_more_without_the_old_reasons(
    tmp_path: Path,
) -> None:
    again = tmp_path / "again.csv"
    headings = "no,name,phone"
    again.write_text(
        f"{headings},{','.join(OUR_COLUMNS)}\n1,陈丽,,2,f,v,r,w\n2,李娜,123,3,f,v,r,w\n3,王,,4,f,v,r,w,x,y\n4,a\n",
        "utf-8",
    )

    with open_customers_file(again, Encoding.UTF_8) as file:
        rows = list(file)

    assert (file.headings, file.delimiter, file.rows) == (headings.split(","), ",", 4)
    assert [(row.line, row.values, row.trouble and row.trouble.value) for row in rows] == [
        (2, ["1", "陈丽", ""], None),
        (3, ["2", "李娜", "123"], None),
        (4, ["3", "王", ""], "x,y"),
        (5, ["4", "a", ""], "2 of 3"),
    ]


@pytest.mark.parametrize(
    ("headings", "delimiter"),
    [
        ("name", ","),
        ("name;phone, mobile;city", ";"),
        ("name,a;b,city", ","),
        ("XXX,XX", ","),
        ("name\ttel, fax\tcity", "\t"),
    ],
)
def test_what_stands_most_often_between_the_headings_separates_the_values(
    tmp_path: Path, headings: str, delimiter: str
) -> None:
    (tmp_path / "c.csv").write_text(f"{headings}\n", "utf-8")

    with open_customers_file(tmp_path / "c.csv", Encoding.UTF_8) as file:
        assert (file.delimiter, file.headings, file.rows, list(file)) == (delimiter, headings.split(delimiter), 0, [])


@pytest.mark.parametrize(
    ("content", "rows"),
    [("name", 0), ("name\n陈丽", 1), ("name\n陈丽\n", 1), ("name\r\n陈丽\r\n李娜", 2), ("name\r陈丽\r", 1),
     ("name\n" + "陈" * 999 + "\n", 1), ("name\n" + ("x" * 1023 + "\n") * 1500, 1500)],
)  # fmt: skip
def test_how_many_rows_a_file_has_is_known_before_the_first_is_read(tmp_path: Path, content: str, rows: int) -> None:
    (tmp_path / "c.csv").write_bytes(content.encode())

    with open_customers_file(tmp_path / "c.csv", Encoding.UTF_8) as file:
        assert (file.rows, len(list(file))) == (rows, rows)


@pytest.mark.parametrize(
    ("content", "encoding", "expected"),
    [
        (b" , \nx,y\n", "utf-8", "{} has no headings in its first line"),
        (b'"na"me,x\nx,y\n', "utf-8", "{} has no headings in its first line"),
        ("\ufeff姓名\n".encode("utf-16-be"), "utf-8", "{} is written in UTF-16: save it as CSV in UTF-8"),
        ("\ufeff姓名\n".encode("utf-16-le"), "gb18030", "{} is written in UTF-16: save it as CSV in UTF-8"),
        ("\ufeffname\n".encode(), "gb18030", "{} is written in UTF-8, it begins with its mark: leave out --encoding"),
        (b"name\nx\xff\n", "gb18030", "{} is not written in gb18030 (soon after line 1): try --encoding utf-8"),
        (b"name\n" + b"x" * (1 << 20) + b"\n" * 9 + b"y" * (1 << 20) + b"\xff", "utf-8",
         "{} is not written in utf-8 (soon after line 11): try --encoding gb18030"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_was_said_to_be_is_refused_with_the_way_out(
    tmp_path: Path, content: bytes, encoding: str, expected: str
) -> None:
    file = tmp_path / "c.csv"
    file.write_bytes(content)

    with pytest.raises(FileUnreadable) as refused, open_customers_file(file, Encoding(encoding)):
        pass

    assert str(refused.value) == expected.format(file)


def test_a_row_becomes_the_whole_customer_that_is_sent() -> None:
    headings = ["no", "name", "type", "title", "phone", "mail", "language", "dob", "country", "province", "city"]
    row = Row(7, ["17", " 陈丽 ", "c", "女士", "138 0013 8000", "A@EXAMPLE.com", "English", "", "HK", "新界", "沙田"])
    columns = Columns.of([*headings, "street", "zip"], MappingFile(source="erp"))
    row.values.extend(["1 Road", "999077"])

    found = RowChecker(columns, "en").check(row)

    address = {"country": "HK", "region": "新界", "city": "沙田", "street": "1 Road", "postcode": "999077"}
    assert found == Candidate(
        row,
        ImportRow.model_validate(
            {"customer_id": columns.customer_id("17"), "name": "陈丽", "kind": "company", "form_of_address": "女士",
             "phones": ["+8613800138000"], "emails": ["A@example.com"], "language": "en", "addresses": [address]}
        ),
    )  # fmt: skip


def test_a_letter_that_cannot_be_kept_is_refused_before_anybody_is_asked() -> None:
    checking = RowChecker(Columns.of(["no", "name"], MappingFile()), "en")

    (reason,) = checking.check(Row(2, ["17", "陈\x00丽"]))

    assert isinstance(reason, Reason)
    assert (reason.field, reason.value) == ("name", "陈\x00丽")


def test_what_identifies_a_customer_of_a_file_is_the_same_for_ever() -> None:
    of_none, of_erp = (Columns.of(["name"], MappingFile.model_validate(says)) for says in ({}, {"source": " erp "}))

    assert [columns.customer_id("17") for columns in (of_none, of_erp)] == [
        UUID("49b7bc9b-2cb5-5a50-96c7-34b561b8ed88"),
        UUID("0909d072-8a04-5e16-909d-30a3b0886c52"),
    ]


FIELDS = (
    "key, name, kind, form_of_address, phones, emails, language, birthday, address.country, address.region, "
    "address.city, address.street, address.postcode, region"
)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("m.toml", b"x", "{} is not TOML: Expected '=' after a key in a key/value pair (at end of document)"),
        ("m", b"x", "{} is not TOML: Expected '=' after a key in a key/value pair (at end of document)"),
        ("m.JSON", b"[1", "{} is not JSON: Expecting ',' delimiter: line 1 column 3 (char 2)"),
        ("m.toml", b"\xff", "{} is not TOML: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        ("m.json", b'{"source":" ","columns":{"a":"numbr"},"more":1}', ("{}: source: String should have at least 1 "
         f"character; columns.a: numbr is no field of a customer; the fields are {FIELDS}; "
         "more: Extra inputs are not permitted")),
    ],
)  # fmt: skip
def test_a_mapping_file_that_cannot_be_understood_says_everything_that_is_wrong(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(MappingUnclear) as refused:
        MappingFile.read(tmp_path / name)

    assert str(refused.value) == expected.format(tmp_path / name)


@pytest.mark.parametrize(
    ("headings", "says", "expected"),
    [
        (["no", " phone "], {}, ("no column holds the customers' name; the columns are no, phone. "
         "Say which one does in a mapping file: --mapping FILE")),
        (["no", " phone "], {"columns": {"Nr": "key", "no": "key", "Ruf": "phones"}},
         "the mapping names Nr, Ruf, but the columns of the file are no, phone"),
        (["a", "b", "c"], {"columns": {"a": "name", "b": "kind", "c": "kind"}},
         "several columns are mapped to kind: leave all but one out"),
    ],
)  # fmt: skip
def test_columns_that_do_not_fit_are_named_whole(headings: list[str], says: dict[str, Any], expected: str) -> None:
    with pytest.raises(MappingUnclear) as refused:
        Columns.of(headings, MappingFile.model_validate(says))

    assert str(refused.value) == expected


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_mapping_file_is_read_with_and_without_its_mark_and_names_may_be_constant(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "m.JSON"
    file.write_text(mark + '{"columns": {"Ruf": "phones", "Fax": "phones"}, "constants": {"name": "无名"}}', "utf-8")

    columns = Columns.of(["Ruf", "Fax"], MappingFile.read(file))

    assert columns.content(["1", "2"]) == ("", {"name": "无名", "phones": ["1", "2"]})


@pytest.mark.parametrize(("rejects", "looked_up", "known"), [(None, True, 3), (Path("r.csv"), False, None)])
def test_a_report_tells_a_program_everything_and_seconds_to_the_tenth(
    rejects: Path | None, looked_up: bool, known: int | None
) -> None:
    columns = Columns.of(["name", "x", "y"], MappingFile())

    report = Report(Path("c.csv"), Counts(9, 1, 2, 3, 4), rejects, columns, True, looked_up, 12.3456)

    assert report.as_json() == {
        "file": "c.csv", "dry_run": True, "read": 9, "acceptable": 1, "registered": 2, "known": known,
        "rejected": 4, "rejects": str(rejects) if rejects else None, "ignored_columns": ["x", "y"], "seconds": 12.3,
    }  # fmt: skip
