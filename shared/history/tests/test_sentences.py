"""Every event is told in one sentence: who, what, where and when, in Chinese and in English, without codes."""

import inspect
import json
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from crm_events import EVENTS, Money, contacts, loyalty, marketing, sales, support, values
from crm_events.sales.orders import goods
from crm_events.sentences.amounts import money, points, quoted, span
from crm_events.sentences.codes import rule_words
from crm_history import Language, Narrator, sentence
from crm_history.tables import customer_history
from crm_kernel import Labelled, LocalizedText
from shared.history.tests.support.sentences import LANGUAGES, in_words, said
from shared.history.tests.telling import CHEN, NOON, asked, golden, opened, process_batch, told, yuan

GOLDEN_SENTENCES: dict[str, dict[Language, str]] = json.loads(
    (Path(__file__).parent / "golden_sentences.json").read_text("utf-8")
)
GOLDEN_SHORT_SENTENCES: dict[str, dict[Language, str]] = json.loads(
    (Path(__file__).parent / "golden_short_sentences.json").read_text("utf-8")
)
every_event = pytest.mark.parametrize("type", EVENTS)


def lists() -> set[type[StrEnum]]:
    """Return every fixed list of codes that events speak of."""
    modules = (values, contacts, sales, marketing, support, loyalty)
    found = {each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)}
    return {each for each in found if issubclass(each, StrEnum) and each not in {StrEnum, Labelled}}


def codes_in(content: object) -> set[str]:
    """Return the codes with strokes in a document: no word of any language has them."""
    match content:
        case dict():
            return {code for item in content.values() for code in codes_in(item)}
        case list():
            return {code for item in content for code in codes_in(item)}
        case str() if "_" in content:
            return {content}
    return set()


@every_event
def test_an_event_is_told_as_it_always_was(type: str) -> None:
    assert {language: said(golden(type), language) for language in LANGUAGES} == GOLDEN_SENTENCES[type]


@every_event
def test_what_happened_is_told_without_when_where_and_by_whom(type: str) -> None:
    short = {language: in_words(golden(type), language).what for language in LANGUAGES}

    assert short == GOLDEN_SHORT_SENTENCES[type]
    assert not [
        word
        for word in ("li.na (", "（记录人", "(recorded", "20 Nov 2026 at")
        for told in short.values()
        if word in told
    ]


@every_event
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_event_is_without_words_of_its_own(type: str, language: Language) -> None:
    told_here = said(golden(type), language)

    assert type not in told_here
    assert "li.na" in told_here
    assert "GZ-TIANHE" in told_here
    assert {"en": "20 Nov 2026 at 12:00", "zh": "2026年11月20日12:00"}[language] in told_here


@every_event
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_shows_a_code_or_the_id_of_a_record(type: str, language: Language) -> None:
    event = golden(type)

    told_here = said(event, language)

    assert not [code for code in codes_in(event.model_dump(mode="json")) if code in told_here]
    assert "00000000-" not in told_here


@pytest.mark.parametrize("codes", sorted(lists(), key=lambda each: each.__name__), ids=lambda each: each.__name__)
def test_every_code_of_a_fixed_list_has_a_word_in_both_languages(codes: type[StrEnum]) -> None:
    assert issubclass(codes, Labelled)
    assert all(code.label.en.isascii() and not code.label.zh.isascii() for code in codes)


def test_units_and_campaigns_go_by_their_names_where_these_were_heard(history: Connection) -> None:
    left_out = told(golden("crm.marketing.CustomerLeftOut.v1"), channel="api")
    process_batch(history, told(opened()), told(golden("crm.marketing.CampaignPlanned.v1")), left_out)

    row = history.execute(select(customer_history)).one()

    assert "through an interface (Tianhe store)" in Narrator.reading(history, "en").sentence(row)
    assert "the campaign X2 autumn (CM-2026-048)" in Narrator.reading(history, "en").sentence(row)
    assert "系统接口（天河店）" in Narrator.reading(history, "zh").sentence(row)


def test_what_the_system_did_is_not_said_of_a_person() -> None:
    resolved = golden("crm.support.CaseResolved.v1")

    assert "the system settled the complaint" in said(resolved, "en", by="policy:close_at_once", role="agent")
    assert "the system settled the complaint" in said(resolved, "en", by="smtp", role="system")
    assert "系统在3天2小时后解决了投诉" in said(resolved, "zh", by="deadline:close", role="system")


def test_a_role_channel_or_stage_of_the_companys_own_stands_as_it_is() -> None:
    moved = sales.OpportunityMoved(
        customer_id=CHEN, opportunity_id=UUID(int=1), before="first_talk", after="offer", why="called"
    )

    assert said(moved, "en", role="store_clerk_7", channel="fair").startswith(
        "On 20 Nov 2026 at 12:00, over fair (GZ-TIANHE), li.na (store clerk 7) moved the opportunity from “first talk”"
    )


@pytest.mark.parametrize(
    ("command_context", "start"),
    [
        ({"channel": "web", "unit": ""}, "On 20 Nov 2026 at 12:00, on the website, somebody (clerk) "),
        ({"channel": "", "unit": "HQ", "role": ""}, "On 20 Nov 2026 at 12:00, at HQ, somebody "),
        ({"channel": "", "unit": "", "role": ""}, "On 20 Nov 2026 at 12:00, somebody "),
    ],
)
def test_what_is_not_known_is_left_out(command_context: dict[str, str], start: str) -> None:
    assert said(golden("crm.support.CaseAnswered.v1"), "en", by="", **command_context).startswith(start)


def test_an_event_of_a_newer_publisher_is_told_without_words_of_its_own() -> None:
    row = SimpleNamespace(
        type="crm.sales.OrderBlessed.v1", data=b"{}", occurred_at=NOON, channel="", unit="", actor="li", role=""
    )

    assert "crm.sales.OrderBlessed.v1" in sentence(row, "en")
    assert "crm.sales.OrderBlessed.v1" in sentence(row, "zh")


def test_long_words_are_cut_and_lines_are_joined() -> None:
    assert quoted("one\n  two") == "“one two”"
    assert quoted("好" * 201) == f"“{'好' * 199}…”"
    assert quoted("好" * 200) == f"“{'好' * 200}”"


@pytest.mark.parametrize(
    ("amount", "en", "zh"),
    [
        (yuan("1234567.50"), "CNY 1,234,567.50", "1,234,567.50元"),
        (Money(amount=Decimal("-3"), currency="USD"), "USD -3", "-3美元"),
        (Money(amount=Decimal("0.001"), currency="KWD"), "KWD 0.001", "KWD 0.001"),
    ],
)
def test_an_amount_keeps_its_digits_and_its_currency(amount: Money, en: str, zh: str) -> None:
    assert money(amount) == LocalizedText(en, zh)


@pytest.mark.parametrize(
    ("length", "en", "zh"),
    [
        (timedelta(days=3, hours=2, minutes=15), "3 days 2 hours", "3天2小时"),
        (timedelta(days=1, minutes=1), "1 day 1 minute", "1天1分钟"),
        (timedelta(seconds=59), "0 minutes", "0分钟"),
        (timedelta(hours=-1), "0 minutes", "0分钟"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(length: timedelta, en: str, zh: str) -> None:
    assert span(length) == LocalizedText(en, zh)


def test_of_many_goods_the_first_three_are_named() -> None:
    lines = [
        sales.OrderLine(line=at, sku="S", name=f"N{at}", quantity=at, unit_price=yuan("1"), total=yuan("1"))
        for at in range(1, 6)
    ]

    assert goods(lines) == LocalizedText("N1 × 1, N2 × 2, N3 × 3 and 2 more", "N1 × 1、N2 × 2、N3 × 3等5项")
    assert goods(lines[:3]) == LocalizedText("N1 × 1, N2 × 2, N3 × 3", "N1 × 1、N2 × 2、N3 × 3")


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        ("by_city/2026-1", "by city (version 2026-1)", "按城市（2026-1 版）"),
        ("assignment 2026-1", "assignment (version 2026-1)", "分派（2026-1 版）"),
        ("by_hand", "by hand", "人工指定"),
        ("by hand", "by hand", "人工指定"),
        ("own_rule/3", "own rule/3", "own rule/3"),
    ],
)
def test_a_rule_is_named_with_its_version(rule: str, en: str, zh: str) -> None:
    assert rule_words(rule) == LocalizedText(en, zh)


def test_one_point_is_not_plural() -> None:
    assert (points(1).en, points(0).en, points(1200).en) == ("1 point", "0 points", "1,200 points")


def test_a_question_without_an_expected_day_says_no_day() -> None:
    nothing = support.CaseDeclaredUnresolvable(
        customer_id=CHEN, case_id=UUID(int=31), kind=support.CaseKind.QUESTION, reason="Nobody knows"
    )

    assert said(nothing, "en").endswith("there is no remedy for the question now, because “Nobody knows”.")
    assert "预计" not in said(nothing, "zh")


def test_hours_are_those_of_china_for_a_reader_there() -> None:
    late = told(asked(), NOON.replace(hour=17)).event
    row = SimpleNamespace(
        type=late.type, data=late.raw, occurred_at=late.time, channel="web", unit="", actor="chen", role="customer"
    )

    assert sentence(row, "zh").startswith("2026年11月21日01:00，网站，客户咨询")
    assert date(2026, 11, 21) > late.time.date()
