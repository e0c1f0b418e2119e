"""The checker finds every kind of bad history, and has nothing to say about a good one."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests.faults.checks import Fact, Sent
from tests.simulation.checker import Ending, Shown, violations
from tests.simulation.history import Ended, Moment

CHEN, STREAM = UUID(int=7), UUID(int=70)
EVENTS = [UUID(int=number) for number in (101, 102, 103)]
FACTS = [Fact(f"c{number}", STREAM, number, 0, number, EVENTS[number - 1]) for number in (1, 2, 3)]
TOPIC = [Sent(0, number, EVENTS[number - 1], b"%d" % number) for number in (1, 2, 3)]
GOOD = Shown({(CHEN, "notes"): EVENTS}, "digest")
HISTORY = [
    moment
    for number in (1, 2, 3)
    for moment in (Moment(f"c{number}", CHEN), Moment(f"c{number}", CHEN, Ended.OK, f"0:{number}"))
]
ENDING = Ending(
    facts={"notes": FACTS},
    public=frozenset(EVENTS),
    customers=dict.fromkeys(EVENTS, CHEN),
    topics={"notes": TOPIC},
    shown={"reader": GOOD},
    clean=GOOD,
    caused=[EVENTS[0]],
    causing=frozenset(EVENTS[:1]),
)


def shown(*events: UUID, digest: str = "digest") -> Ending:
    return replace(ENDING, shown={"reader": Shown({(CHEN, "notes"): events}, digest)})


def stored(*facts: Fact) -> Ending:
    return replace(ENDING, facts={"notes": facts})


def sent(*records: Sent) -> Ending:
    return replace(ENDING, topics={"notes": records})


def ended(number: int, how: Ended) -> list[Moment]:
    history = list(HISTORY)
    history[2 * number - 1] = Moment(f"c{number}", CHEN, how)
    return history


FIRST, SECOND, THIRD = EVENTS
BAD = {
    "an acknowledged command is not stored": (HISTORY, stored(*FACTS[:2]), "c3 was acknowledged at 0:3"),
    "a command is stored twice": (
        HISTORY,
        stored(*FACTS, Fact("c3", STREAM, 4, 0, 4, UUID(int=104))),
        "c3 was asked once, and is stored 2 times",
    ),
    "an unknown command is stored twice": (
        ended(3, Ended.UNKNOWN),
        stored(*FACTS, Fact("c3", STREAM, 4, 0, 4, UUID(int=104))),
        "c3 was asked once, and is stored 2 times",
    ),
    "a refused command is stored": (ended(2, Ended.FAIL), ENDING, "c2 was refused, and is stored"),
    "a command is stored that nobody gave": (HISTORY[:4], ENDING, "c3 was never asked, and is stored"),
    "two commands are stored in the wrong order": (
        HISTORY,
        stored(FACTS[0], FACTS[1]._replace(pos=3), FACTS[2]._replace(pos=2)),
        "c3 was given after c2 was acknowledged, and comes before it",
    ),
    "a position is missing": (HISTORY[:4], stored(FACTS[0], FACTS[1]._replace(pos=3)), "notes: partition 0: [1, 3]"),
    "a fact was never sent": (HISTORY, sent(*TOPIC[:2]), f"notes: {THIRD} was never sent"),
    "a private fact was sent": (
        HISTORY,
        replace(ENDING, public=frozenset(EVENTS[:2])),
        f"notes: {THIRD} was sent, and is no public fact",
    ),
    "a topic is out of order": (HISTORY, sent(TOPIC[0], TOPIC[2], TOPIC[1]), "notes: partition 0: 2 after 3"),
    "what was sent again differs": (
        HISTORY,
        sent(*TOPIC, TOPIC[2]._replace(content=b"?")),
        f"notes: {THIRD} was sent again and differs",
    ),
    "a reader lost an event": (HISTORY, shown(FIRST, THIRD), f"reader: {SECOND} of notes is lost"),
    "a reader shows an event twice": (HISTORY, shown(*EVENTS, THIRD), f"reader: {THIRD} is shown 2 times"),
    "a reader shows events in the wrong order": (
        HISTORY,
        shown(SECOND, FIRST, THIRD),
        "reader: the story of customer 7 by notes is out of order",
    ),
    "a reader shows what nobody said": (
        HISTORY,
        shown(*EVENTS, UUID(int=9)),
        f"reader: {UUID(int=9)} of notes was never said",
    ),
    "a digest differs": (HISTORY, shown(*EVENTS, digest="other"), "reader: its digest is not that of a clean run"),
    "an event caused two commands": (
        HISTORY,
        replace(ENDING, caused=[FIRST, FIRST]),
        f"{FIRST} caused 2 commands instead of one",
    ),
    "an event caused nothing": (HISTORY, replace(ENDING, caused=[]), f"{FIRST} caused 0 commands instead of one"),
    "an event caused what it should not": (
        HISTORY,
        replace(ENDING, caused=[FIRST, SECOND]),
        f"{SECOND} caused a command, and should not have",
    ),
}


@pytest.mark.parametrize(("history", "ending", "found"), BAD.values(), ids=BAD.keys())
def test_a_bad_history_is_found(history: list[Moment], ending: Ending, found: str) -> None:
    assert any(found in wrong for wrong in violations(history, ending, "notes"))


def test_a_good_history_passes() -> None:
    assert violations(HISTORY, ENDING, "notes") == []


@pytest.mark.parametrize("facts", [FACTS, FACTS[:2]])
def test_what_nobody_knows_may_have_happened_or_not(facts: list[Fact]) -> None:
    there = [fact.event_id for fact in facts]
    good = Shown({(CHEN, "notes"): there}, "digest")
    ending = replace(stored(*facts), topics={"notes": TOPIC[: len(facts)]}, shown={"reader": good}, clean=good)

    assert violations(ended(3, Ended.UNKNOWN), ending, "notes") == []


def test_what_was_sent_again_byte_for_byte_is_no_violation() -> None:
    assert violations(HISTORY, sent(*TOPIC, *TOPIC[1:]), "notes") == []
