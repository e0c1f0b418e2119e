"""Whoever receives a customer knows what is open, what was answered, and why there is no answer."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from crm_events import Channel, PublicEvent, support
from crm_history import AsOf, Concern, Narrator, State, front_desk
from shared.history.tests.telling import (
    CASE,
    CHEN,
    NOON,
    WANG,
    Story,
    asked,
    bought,
    hours,
    no_remedy,
    process_batch,
    told,
)

CASE_OF: dict[str, Any] = {"customer_id": CHEN, "case_id": CASE, "kind": support.CaseKind.QUESTION}
ASSIGNED = support.CaseAssigned(**CASE_OF, desk="online", assignee="wang.wei", rule="by_kind/1")
ANSWERED = support.CaseAnswered(**CASE_OF, answer="An update will cure it.")
RESOLVED = support.CaseResolved(**CASE_OF, resolution="Updated.", opened_at=NOON, waited=timedelta(hours=1))
REOPENED = support.CaseReopened(**CASE_OF, reason="It flickers again.")
ESCALATED = support.CaseEscalated(**CASE_OF, to="lead", by=support.EscalatedBy.HAND, reason="Too long.")
GOLDEN_FEEDBACK = support.FeedbackGiven(
    customer_id=CHEN,
    case_id=UUID(int=35),
    channel=Channel.WEB,
    kind=support.FeedbackKind.PRAISE,
    subject="Service",
    text="Very kind.",
)


def seen(db: Connection, *events: PublicEvent, after: timedelta = timedelta(days=1), **as_of: Any) -> list[Concern]:
    """Return what the front desk sees after these events."""
    story = Story()
    for one in events:
        story.then(one)
    process_batch(db, *story.events)
    return front_desk(db, CHEN, now=NOON + after, as_of=AsOf(**as_of))


def test_a_clerk_in_the_store_sees_what_was_asked_online_and_why_there_is_no_answer(
    the_history_of_ms_chen: Connection,
) -> None:
    (question,) = front_desk(the_history_of_ms_chen, CHEN, now=NOON + hours(9), as_of=AsOf(occurred_by=NOON + hours(7)))

    assert (question.kind, question.channel, question.text) == ("question", "web", "为什么屏幕会闪烁？")
    assert question.state is State.UNRESOLVABLE
    assert (question.reason, question.expected_on) == ("No remedy until firmware 2.1.", date(2026, 12, 3))
    assert Narrator.reading(the_history_of_ms_chen, "en").concern(question) == (
        "Question of 20 Nov 2026 at 18:00, on the website, about “屏幕闪烁”: “为什么屏幕会闪烁？” "
        "There is no remedy now, because “No remedy until firmware 2.1.”; a remedy is expected on 3 Dec 2026."
    )
    assert Narrator.reading(the_history_of_ms_chen, "zh").concern(question) == (
        "2026年11月20日18:00，网站，客户咨询“屏幕闪烁”：“为什么屏幕会闪烁？” "
        "暂无解决办法，原因：“No remedy until firmware 2.1.”；预计2026年12月3日可解决。"
    )


def test_the_last_that_moved_stands_first(the_history_of_ms_chen: Connection) -> None:
    concerns = front_desk(the_history_of_ms_chen, CHEN, now=NOON + hours(80))

    assert [(concern.kind, concern.state) for concern in concerns] == [
        ("complaint", State.RESOLVED),
        ("question", State.UNRESOLVABLE),
    ]


@pytest.mark.parametrize(
    ("events", "state", "answer", "reason"),
    [
        ([], State.OPEN, None, None),
        ([ASSIGNED], State.OPEN, None, None),
        ([ANSWERED], State.ANSWERED, "An update will cure it.", None),
        ([no_remedy()], State.UNRESOLVABLE, None, "No remedy until firmware 2.1."),
        ([no_remedy(), ANSWERED], State.ANSWERED, "An update will cure it.", None),
        ([no_remedy(), RESOLVED], State.RESOLVED, "Updated.", None),
        ([RESOLVED, REOPENED], State.OPEN, "Updated.", "It flickers again."),
        ([ESCALATED], State.ESCALATED, None, "Too long."),
        ([no_remedy(), ESCALATED], State.UNRESOLVABLE, None, "No remedy until firmware 2.1."),
        ([ANSWERED, ESCALATED], State.ANSWERED, "An update will cure it.", None),
        ([ESCALATED, RESOLVED, REOPENED], State.OPEN, "Updated.", "It flickers again."),
    ],
)
def test_a_question_stands_as_its_last_events_left_it(
    history: Connection, events: list[PublicEvent], state: State, answer: str | None, reason: str | None
) -> None:
    (question,) = seen(history, asked(), *events)

    assert (question.state, question.answer, question.reason) == (state, answer, reason)
    assert question.expected_on == (date(2026, 12, 3) if state is State.UNRESOLVABLE else None)


def test_of_both_clocks_the_day_it_happened_judges_what_is_recent(history: Connection) -> None:
    days = {"occurred_by": NOON + timedelta(weeks=1), "recorded_by": NOON + timedelta(weeks=9)}

    assert len(seen(history, asked(), RESOLVED, after=timedelta(days=400), **days)) == 1


@pytest.mark.parametrize("events", [[], [ASSIGNED], [ANSWERED], [no_remedy()], [RESOLVED], [REOPENED], [ESCALATED]])
def test_every_state_is_said_in_both_languages(history: Connection, events: list[PublicEvent]) -> None:
    (question,) = seen(history, asked(), *events)

    english, chinese = (Narrator.reading(history, language).concern(question) for language in ("en", "zh"))

    assert english.endswith((".", ".”"))
    assert chinese.endswith(("。", ".”"))
    assert "{" not in english + chinese
    assert "None" not in english + chinese


def test_the_desk_that_has_it_is_named(history: Connection) -> None:
    (question,) = seen(history, asked(), ASSIGNED)

    assert (question.desk, question.assignee) == ("online", "wang.wei")
    assert "the online desk (wang.wei) has it" in Narrator.reading(history, "en").concern(question)


@pytest.mark.parametrize(("days", "shown"), [(14, 1), (15, 0)])
def test_what_is_settled_is_shown_for_two_weeks(history: Connection, days: int, shown: int) -> None:
    concerns = seen(history, asked(), RESOLVED, after=timedelta(days=days, hours=1))

    assert len(concerns) == shown


def test_what_is_open_is_shown_for_ever(history: Connection) -> None:
    assert len(seen(history, asked(), after=timedelta(days=3650))) == 1


def test_praise_orders_and_others_questions_are_not_the_desks_business(history: Connection) -> None:
    assert seen(history, GOLDEN_FEEDBACK, bought(), asked(by=WANG, case=UUID(int=36))) == []


def test_the_desk_can_be_seen_as_it_was(history: Connection) -> None:
    concerns = seen(history, asked(), no_remedy(), RESOLVED, occurred_by=NOON + hours(1))

    assert [concern.state for concern in concerns] == [State.UNRESOLVABLE]


def test_a_case_whose_beginning_was_not_known_yet_is_not_shown(history: Connection) -> None:
    story = Story()
    story.then(asked(), known=NOON + hours(5))
    story.then(no_remedy())
    process_batch(history, *story.events)

    assert front_desk(history, CHEN, now=NOON, as_of=AsOf(recorded_by=NOON + hours(4))) == []


@pytest.mark.parametrize("clock", ["occurred_by", "recorded_by"])
@pytest.mark.parametrize(("weeks_later", "states"), [(1, [State.RESOLVED]), (3, [])])
def test_the_desk_of_a_past_day_judges_what_is_recent_by_that_day(
    history: Connection, weeks_later: int, states: list[State], clock: str
) -> None:
    that_day = NOON + timedelta(weeks=weeks_later)

    concerns = seen(history, asked(), RESOLVED, after=timedelta(days=400), **{clock: that_day})

    assert [concern.state for concern in concerns] == states


def test_the_desk_does_not_see_what_was_not_known_yet(history: Connection) -> None:
    process_batch(history, told(asked()), told(RESOLVED, NOON + hours(2), known=NOON + hours(50), version=2))
    of_days = [AsOf(recorded_by=NOON + hours(known)) for known in (49, 50)]
    then, later = (front_desk(history, CHEN, now=NOON + hours(60), as_of=day) for day in of_days)

    assert [(each.state, each.changed_at) for each in (*then, *later)] == [
        (State.OPEN, NOON),
        (State.RESOLVED, NOON + hours(2)),
    ]
