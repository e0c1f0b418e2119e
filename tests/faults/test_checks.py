"""Each check lets the innocent pass and catches its offender."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from tests.faults.checks import (
    Answer,
    Fact,
    Sent,
    altered,
    gaps,
    half,
    lost,
    missing,
    not_once,
    out_of_order,
    out_of_turn,
    unheard_of,
)

CASE, OTHER = UUID(int=1), UUID(int=2)
OPENED = Fact("file", CASE, 1, 0, 1, UUID(int=11))
ASSIGNED = Fact("file", CASE, 2, 0, 2, UUID(int=12))
ANSWERED = Fact("answer", CASE, 3, 0, 3, UUID(int=13))
FACTS = [OPENED, ASSIGNED, ANSWERED]
FILED = Answer("file", CASE, 2, "0:2")
WHOLE = {"file": 2, "answer": 1}


def sent(pos: int, *, partition: int = 0, content: bytes = b"said") -> Sent:
    return Sent(partition, pos, UUID(int=100 * partition + pos), content)


def test_an_answer_that_the_store_bears_out_is_not_lost() -> None:
    assert lost([FILED], FACTS) == []


@pytest.mark.parametrize(
    "answer",
    [
        FILED._replace(position="0:9"),
        FILED._replace(position="1:2"),
        FILED._replace(id=OTHER),
        FILED._replace(version=3),
        FILED._replace(command_id="other"),
    ],
)
def test_an_answer_that_the_store_does_not_bear_out_is_caught(answer: Answer) -> None:
    assert lost([answer], FACTS) == [f"{answer.command_id} at {answer.position}"]


def test_whole_commands_pass() -> None:
    assert half(FACTS, WHOLE) == []


@pytest.mark.parametrize("facts", [[OPENED], [*FACTS, ASSIGNED._replace(version=9)], [OPENED._replace(command_id="?")]])
def test_half_a_command_too_much_of_one_and_one_that_nobody_gave_are_caught(facts: Sequence[Fact]) -> None:
    assert len(half(facts, WHOLE)) == 1


def test_positions_without_a_gap_pass_in_whatever_order_they_are_told() -> None:
    assert gaps([ANSWERED, OPENED, ASSIGNED, OPENED._replace(part=3)]) == []


@pytest.mark.parametrize("facts", [[OPENED, ANSWERED], [ASSIGNED], [OPENED, OPENED], [OPENED._replace(pos=0)]])
def test_a_gap_and_a_position_taken_twice_are_caught(facts: Sequence[Fact]) -> None:
    assert len(gaps(facts)) == 1


def answered(command_id: str, position: str) -> Answer:
    return Answer(command_id, CASE, 1, position)


def test_customers_who_are_answered_in_their_turns_pass() -> None:
    assert out_of_turn([answered("1/file", "0:2"), answered("2/file", "0:1"), answered("1/answer", "0:5")]) == []


@pytest.mark.parametrize("position", ["0:2", "0:1", "1:7"])
def test_a_command_that_stands_before_an_earlier_one_of_its_customer_is_caught(position: str) -> None:
    assert len(out_of_turn([answered("1/file", "0:2"), answered("1/answer", position)])) == 1


def test_what_was_not_seen_and_what_should_not_exist_are_told_apart() -> None:
    assert missing([CASE, OTHER], {CASE}) == [OTHER]
    assert unheard_of({CASE}, [CASE, OTHER]) == [OTHER]
    assert missing([CASE], {CASE}) == unheard_of({CASE}, [CASE]) == []


def test_a_suffix_that_was_sent_again_is_in_order() -> None:
    assert out_of_order([sent(1), sent(1, partition=1), sent(2), sent(4), sent(2), sent(4), sent(5)]) == []


@pytest.mark.parametrize("records", [[sent(2), sent(1)], [sent(1), sent(3), sent(2), sent(3)]])
def test_a_record_that_comes_for_the_first_time_too_late_is_caught(records: Sequence[Sent]) -> None:
    assert len(out_of_order(records)) == 1


def test_a_record_that_was_sent_again_as_it_was_passes() -> None:
    assert altered([sent(1), sent(2), sent(1)]) == []


@pytest.mark.parametrize("again", [sent(1, content=b"other"), sent(1)._replace(pos=2), sent(1)._replace(partition=1)])
def test_a_record_that_was_sent_again_and_is_another_is_caught(again: Sent) -> None:
    assert altered([sent(1), again]) == [sent(1).event_id]


def test_what_was_folded_once_passes() -> None:
    assert not_once({CASE: 1, OTHER: 1}, {CASE, OTHER}) == []


@pytest.mark.parametrize("times", [{}, {CASE: 2}, {CASE: 0}, {CASE: 1, OTHER: 1}])
def test_what_was_lost_doubled_or_made_up_is_caught(times: dict[UUID, int]) -> None:
    assert len(not_once(times, {CASE})) == 1
