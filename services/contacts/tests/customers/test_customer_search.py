"""The customer search, on both databases alike."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from crm_chassis.testing import received
from crm_contacts.customers.read_models import customer_search
from crm_contacts.customers.read_models.customer_search.names import spellings
from crm_contacts.customers.read_models.customer_search.query import Match, find
from crm_eventlog.envelope import CloudEvent
from crm_events.contacts import Address, CustomerKind, CustomerRegistered, DetailsCorrected
from crm_events.values import Language

EXACT, PREFIX, PART = Match
PEOPLE: dict[str, dict[str, Any]] = {
    "陈志丽": {"phones": ("+8613800138000",), "emails": ("Chen.ZL@example.com",)},
    "陈志": {"phones": ("+8613900139000", "+862087654321")},
    "单田芳": {"phones": ("+442079460958",)},
    "吕布": {},
    "Lily Chen": {"emails": ("lily@example.com",)},
    "José Müller": {},
    "Alexander 王": {},
    "重庆长安汽车有限公司": {"kind": CustomerKind.COMPANY},
    "100% Pure": {},
    "100 Pure": {},
}
IDS = {name: UUID(int=number) for number, name in enumerate(PEOPLE, 1)}
NAMES = {number: name for name, number in IDS.items()}


def registered(name: str, customer_id: UUID | None = None, **details: Any) -> CloudEvent:
    """Return the registration of a customer of this name."""
    known = {"kind": CustomerKind.PERSON, "form_of_address": "", "language": Language.ZH, **details}
    return received(CustomerRegistered(customer_id=customer_id or IDS[name], name=name, **known))


def corrected(customer_id: UUID, **after: Any) -> CloudEvent:
    """Return a correction of these details."""
    before = dict.fromkeys(after)
    return received(DetailsCorrected(customer_id=customer_id, before=before, after=after, reason="Misheard"))


@pytest.fixture
def db(tables: Connection) -> Connection:
    """Register everybody."""
    customer_search.project([registered(name, **details) for name, details in PEOPLE.items()], tables)
    return tables


def found(db: Connection, text: str, **asked: Any) -> list[tuple[str, Match]]:
    return [(NAMES[hit.customer_id], hit.match) for hit in find(db, text, **{"region": "CN", "limit": 50, **asked})]


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "0086 138 0013 8000",
        "138/0013/8000",
        "１３８００１３８０００",
    ],
)
def test_a_phone_number_is_found_in_any_written_form(db: Connection, text: str) -> None:
    assert found(db, text) == [("陈志丽", EXACT)]


@pytest.mark.parametrize(
    ("text", "name"),
    [("8000", "陈志丽"), ("0013-8000", "陈志丽"), ("87654321", "陈志"), ("020 7946 0958", "单田芳")],
)
def test_a_phone_number_is_found_by_its_last_digits(db: Connection, text: str, name: str) -> None:
    assert found(db, text) == [(name, PART)]


def test_a_number_without_a_country_code_is_one_of_the_callers_region(db: Connection) -> None:
    assert found(db, "020 7946 0958", region="GB") == [("单田芳", EXACT)]


def test_three_digits_find_no_phone(db: Connection) -> None:
    assert found(db, "000") == []


@pytest.mark.parametrize(("text", "match"), [("chen.zl@EXAMPLE.com", EXACT), ("Chen.zl@", PREFIX)])
def test_an_email_address_is_found_whatever_the_case_of_its_letters(db: Connection, text: str, match: Match) -> None:
    assert found(db, text) == [("陈志丽", match)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("陈志", [("陈志", EXACT), ("陈志丽", PREFIX)]),
        ("志丽", [("陈志丽", PART)]),
        ("丽", [("陈志丽", PART)]),
        ("chenzhi", [("陈志", EXACT), ("陈志丽", PREFIX)]),
        ("chen zhi li", [("陈志丽", EXACT)]),
        ("Chen Zhili", [("陈志丽", EXACT)]),
        ("zhili", [("陈志丽", PART)]),
        ("czl", [("陈志丽", EXACT)]),
        ("cz", [("陈志", EXACT), ("陈志丽", PREFIX)]),
        ("zl", [("陈志丽", PART)]),
        ("shan tian fang", [("单田芳", EXACT)]),
        ("dantianfang", [("单田芳", EXACT)]),
        ("lvbu", [("吕布", EXACT)]),
        ("lü bu", [("吕布", EXACT)]),
        ("chongqing", [("重庆长安汽车有限公司", PREFIX)]),
        ("长安汽车", [("重庆长安汽车有限公司", PART)]),
        ("changan", [("重庆长安汽车有限公司", PART)]),
        ("CQCA", [("重庆长安汽车有限公司", PREFIX)]),
    ],
)
def test_a_chinese_name_is_found_by_characters_pinyin_initials_and_any_part(
    db: Connection, text: str, expected: list[tuple[str, Match]]
) -> None:
    assert found(db, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lily chen", [("Lily Chen", EXACT)]),
        ("LILY", [("Lily Chen", PREFIX)]),
        ("chen lily", [("Lily Chen", PART)]),
        ("jose muller", [("José Müller", EXACT)]),
        ("MÜLL", [("José Müller", PART)]),
        ("xander", [("Alexander 王", PART)]),
        ("der", [("Alexander 王", PART)]),
        ("er", []),
        ("wang", [("Alexander 王", PART)]),
        ("alexander wang", [("Alexander 王", EXACT)]),
    ],
)
def test_any_other_name_is_found_by_its_words_and_their_parts(
    db: Connection, text: str, expected: list[tuple[str, Match]]
) -> None:
    assert found(db, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "found_by_it"),
    [
        ("Ana Bea Cara Dora Eva", "eva dora cara bea zoe", False),
        ("Ana Bea Cara Dora Eva", "eva dora cara bea ana zoe", True),
        (" ".join(f"w{number}" for number in range(10, 55)), "w49", True),
        (" ".join(f"w{number}" for number in range(10, 55)), "w50", False),
        ("王王王王王单王", "danwang", True),
        ("王王王王王单王", "shanwang", True),
        ("王王王王王王单王", "danwang", True),
        ("王王王王王王单王", "shanwang", False),
        ("a" * 60, "a" * 41, True),
        ("Bea " + "a" * 60, "a" * 41 + " bea", True),
    ],
)
def test_of_a_long_name_or_text_only_so_much_is_looked_at(
    tables: Connection, name: str, text: str, found_by_it: bool
) -> None:
    customer_search.project([registered(name, UUID(int=96))], tables)

    assert [hit.customer_id.int for hit in find(tables, text, region="CN", limit=5)] == [96] * found_by_it


def test_exact_comes_before_prefix_before_part_each_in_pinyin_order(db: Connection) -> None:
    customer_search.project([registered("陈", UUID(int=90)), registered("Chen Ada", UUID(int=91))], db)

    hits = find(db, "chen", region="CN", limit=50)

    assert [hit.match for hit in hits] == [EXACT, PREFIX, PREFIX, PREFIX, PART]
    shown = [NAMES.get(hit.customer_id, hit.customer_id.int) for hit in hits]
    assert shown == [90, 91, "陈志", "陈志丽", "Lily Chen"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "' or 1=1 --", "…", "\u0301"])
def test_signs_of_the_query_language_mean_nothing(db: Connection, text: str) -> None:
    assert found(db, text) == []
    assert found(db, f"100{text[:1]}") == [("100 Pure", PREFIX), ("100% Pure", PREFIX)]


def test_an_empty_text_shows_everybody_in_pinyin_order(db: Connection) -> None:
    shown = [name for name, _ in found(db, " ")]

    assert shown == [
        "100 Pure",
        "100% Pure",
        "Alexander 王",
        "陈志",
        "陈志丽",
        "重庆长安汽车有限公司",
        "单田芳",
        "José Müller",
        "Lily Chen",
        "吕布",
    ]


@pytest.mark.parametrize("text", ["", "chen", "1"])
def test_page_after_page_shows_everybody_once(db: Connection, text: str) -> None:
    whole, after, pages = find(db, text, region="CN", limit=50), None, []

    while page := find(db, text, region="CN", limit=1, after=after):
        pages += page
        after = page[-1]

    assert pages == whole
    assert len({hit.customer_id for hit in whole}) == len(whole) > 1


def test_a_correction_replaces_what_it_is_about_and_nothing_else(db: Connection) -> None:
    chen = IDS["陈志丽"]
    customer_search.project([corrected(chen, name="王芳", emails=["fang@example.com"])], db)

    assert found(db, "志丽") == found(db, "czl") == found(db, "chen.zl@example.com") == []
    for text in ("王芳", "wf", "fang@example.com", "13800138000"):
        assert found(db, text) == [("陈志丽", EXACT)]


def test_a_correction_counts_however_the_batches_are_cut(db: Connection) -> None:
    new = UUID(int=95)
    events = [
        registered("林梅", new, phones=("+8613700137000",)),
        corrected(new, name="林海"),
        corrected(new, phones=[]),
        corrected(new, name="林河"),
    ]

    in_one, one_by_one = rows_after(db, [events]), rows_after(db, [[event] for event in events])

    assert in_one == one_by_one
    assert not any("海" in token or kind == "phone" for kind, token in in_one)


def rows_after(db: Connection, batches: list[list[CloudEvent]]) -> list[tuple[str, str]]:
    """Return the tokens of customer 95 after these batches, which are undone."""
    of = customer_search.customer_tokens.c
    with db.begin_nested() as attempt:
        for batch in batches:
            customer_search.project(batch, db)
        rows = db.execute(select(of.kind, of.token).where(of.customer_id == UUID(int=95)).order_by(of.kind, of.token))
        tokens = [(kind, token) for kind, token in rows]
        attempt.rollback()
    return tokens


def test_customers_are_shown_by_their_area(db: Connection) -> None:
    home = Address(country="CN", region="广东", city="广州", street="", postcode="")
    away = home.model_copy(update={"city": "深圳"})
    customer_search.project(
        [
            corrected(IDS["陈志"], addresses=[home.model_dump()]),
            corrected(IDS["陈志丽"], addresses=[away.model_dump()]),
        ],
        db,
    )

    assert [name for name, _ in found(db, "", area="广州")] == ["陈志"]
    assert [name for name, _ in found(db, "chen", area="广东")] == ["陈志", "陈志丽"]
    assert found(db, "lily", area="广东") == []


SIZES: list[tuple[Callable[[], str], int]] = [
    (lambda: "长" * 200, 150),
    (lambda: "重庆" * 100, 400),
    (lambda: "a" * 200, 250),
    (lambda: "ab " * 66, 250),
]


@pytest.mark.parametrize(("name", "most"), SIZES, ids=["rare", "polyphones", "one word", "many words"])
def test_even_the_longest_name_has_few_tokens(name: Callable[[], str], most: int) -> None:
    whole, parts = spellings(name())

    assert len(whole) + len(parts) < most
    assert max(map(len, whole | parts)) == 40
