"""Every event brings what people read of it: an example, a sentence in both languages, and its kind in the history."""

from typing import Any

import pytest

from crm_events import EVENTS, CustomerEvent
from crm_events.contacts import CustomerTouched, Direction
from crm_events.examples import NUMBERS, example, example_id, example_payload
from crm_events.kinds import EntryKind
from crm_events.sentences import Choice, Clause
from crm_events.sentences.filling import describe, fields_of
from crm_events.sentences.names import Names
from crm_events.support import CaseAssigned, CaseKind, CaseReopened, FeedbackKind
from crm_kernel import LocalizedText
from shared.events.tests.support.golden import golden

every_event = pytest.mark.parametrize("type", EVENTS)


def clauses(type: str) -> list[Clause]:
    """Return the template of an event, or each of those that a field chooses from."""
    sentence = EVENTS[type].SENTENCE
    return list(sentence.clauses.values()) if isinstance(sentence, Choice) else [sentence]


@every_event
def test_an_example_is_the_golden_payload(type: str) -> None:
    assert example_payload(EVENTS[type]).encode() == golden(type)


@every_event
def test_a_sentence_names_fields_of_its_event_in_both_languages(type: str) -> None:
    event = EVENTS[type]
    for clause in clauses(type):
        named = fields_of(clause.en)

        assert set(named) == set(fields_of(clause.zh))
        assert [name for name in named if name not in event.model_fields and not hasattr(event, name)] == []
        assert clause.en.isascii() or "“" in clause.en
        assert not clause.zh.isascii()


@every_event
def test_a_sentence_leaves_no_part_of_its_template(type: str) -> None:
    clause = describe(example(EVENTS[type]), Names())

    assert [mark for mark in "{}[]" if mark in clause.en + clause.zh] == []


@every_event
def test_a_choice_knows_every_value_of_its_field(type: str) -> None:
    sentence = EVENTS[type].SENTENCE
    if isinstance(sentence, Choice):
        values: Any = EVENTS[type].model_fields[sentence.field].annotation

        assert set(sentence.clauses) == set(values)


@pytest.mark.parametrize("type", [type for type, event in EVENTS.items() if issubclass(event, CustomerEvent)])
def test_an_event_about_a_customer_has_a_kind_in_the_history(type: str) -> None:
    event: Any = EVENTS[type]
    kind = event.KIND if isinstance(event.KIND, EntryKind) else event.KIND(example(event))

    assert kind in set(EntryKind)


def test_the_kind_of_a_case_decides_where_an_event_says_it() -> None:
    kinds = {*CaseKind, *FeedbackKind}

    reopened = [example(CaseReopened).model_copy(update={"kind": kind}) for kind in kinds]

    assert {CaseReopened.KIND(event) for event in reopened} == {kind.value for kind in kinds} <= set(EntryKind)


def test_an_empty_field_takes_its_part_of_the_sentence_along() -> None:
    assigned = example(CaseAssigned)
    touched = example(CustomerTouched).model_copy(update={"learned": None, "direction": Direction.OUT})

    assert describe(touched, Names()).en.endswith("about “price of the X2 phone”")
    assert "(wang.wei)" in describe(assigned, Names()).en
    assert "(" not in describe(assigned.model_copy(update={"assignee": None}), Names()).en.partition("chosen")[0]


def test_a_name_stands_for_a_code_where_somebody_knows_it() -> None:
    class Known(Names):
        def look_up(self, noun: str, code: str) -> LocalizedText | None:
            return LocalizedText("South", "南区") if noun == "unit" else None

    assert describe(example(EVENTS["crm.contacts.UnitOpened.v1"]), Known()).en.endswith("opened in 广州 under South")
    assert describe(example(EVENTS["crm.contacts.UnitOpened.v1"]), Names()).en.endswith("opened in 广州 under SOUTH")


def test_words_of_a_customer_are_not_read_as_a_template() -> None:
    asked = example(EVENTS["crm.support.QuestionAsked.v1"]).model_copy(update={"text": "{subject} [{text}]"})

    assert describe(asked, Names()).en == "asked about “屏幕闪烁”: “{subject} [{text}]”"


def test_a_record_has_one_id_in_all_examples() -> None:
    assert example_id("customer_id") == "00000000-0000-4000-8000-000000000007"
    assert len(set(NUMBERS.values())) == len(NUMBERS)
    assert example_id("dispute_id") == example_id("dispute_id") != example_id("part_id")
