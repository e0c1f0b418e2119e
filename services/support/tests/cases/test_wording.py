"""Sentences on how a case stands, where the sentence depends on what people wrote and whom they named."""

from dataclasses import dataclass
from datetime import date

import pytest

from crm_support.cases.wording import status_text


@dataclass
class Case:
    """A row of a read model, open and without anything."""

    state: str = "open"
    desk: str = "care"
    escalated_to: str | None = None
    answer: str | None = None
    reason: str | None = None
    expected_on: date | None = None
    resolution: str | None = None


@pytest.mark.parametrize("end", [".", "!", "?", "。", "！", "？"])
def test_a_reason_that_ends_as_a_sentence_keeps_its_end(end: str) -> None:
    case = Case(state="unresolvable", reason=f"No parts{end}", expected_on=date(2026, 12, 3))

    assert status_text(case, "en") == f"There is no remedy yet: No parts{end} Expected on 2026-12-03."


@pytest.mark.parametrize("reason", ["No parts", "No parts, sorry)", "2.1"])
def test_a_reason_that_does_not_end_as_a_sentence_gets_its_full_stop(reason: str) -> None:
    assert status_text(Case(reason=reason), "en") == f"It is open again: {reason}."


@pytest.mark.parametrize("state", ["answered", "unresolvable", "resolved"])
def test_an_escalated_case_that_is_no_longer_open_says_what_became_of_it(state: str) -> None:
    case = Case(state=state, escalated_to="wang.lei", answer="Soon.", reason="None.", resolution="Done.")
    sentences = {
        "answered": ("The customer was told: Soon.", "已答复客户：Soon."),
        "unresolvable": ("There is no remedy yet: None.", "暂无解决办法：None."),
        "resolved": ("It is settled: Done.", "已解决：Done."),
    }

    assert (status_text(case, "en"), status_text(case, "zh")) == sentences[state]


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("care", "care", "客户关怀"),
        ("complaints", "complaints", "投诉"),
        ("hotline", "hotline", "热线"),
        ("online", "online", "在线"),
        ("product", "product", "产品"),
        ("service", "service", "服务"),
        ("service-supervisor", "the service supervisor", "客服主管"),
        ("store", "store", "门店"),
        ("lin.mei", "lin.mei", "lin.mei"),
    ],
)
def test_desks_and_supervisors_have_their_names_in_both_languages(name: str, en: str, zh: str) -> None:
    with_a_desk, passed_up = Case(desk=name), Case(escalated_to=name)

    assert [status_text(with_a_desk, language) for language in ("en", "zh")] == [
        f"No answer yet; the {en} desk has it.",
        f"尚未答复，由{zh}服务台处理。",
    ]
    assert [status_text(passed_up, language) for language in ("en", "zh")] == [
        f"No answer yet; it was escalated to {en}.",
        f"尚未答复，已升级至{zh}。",
    ]
