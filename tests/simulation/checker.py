"""A checker in the manner of Jepsen: what the clients saw, held against what every store, topic and reader holds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tests.faults.checks import Fact, Sent, altered, gaps, missing, out_of_order, unheard_of
from tests.simulation.history import Ended, Moment

Stories = Mapping[tuple[UUID, str], Sequence[UUID]]


@dataclass(frozen=True)
class Shown:
    """The state of one reader: per customer and publisher the events as it folded them; and its digest."""

    stories: Stories
    digest: str


@dataclass(frozen=True)
class Ending:
    """The state of everything when all is quiet again; the first service is the one the clients ask."""

    facts: Mapping[str, Sequence[Fact]]
    public: frozenset[UUID]
    customers: Mapping[UUID, UUID]
    topics: Mapping[str, Sequence[Sent]]
    shown: Mapping[str, Shown]
    clean: Shown
    caused: Sequence[UUID] = ()
    causing: frozenset[UUID] = field(default_factory=frozenset)


def violations(history: Sequence[Moment], ending: Ending, asked: str) -> list[str]:
    """List everything that breaks a promise; `asked` is the service whose clients made the history."""
    facts = ending.facts[asked]
    return [
        *commands_amiss(history, facts),
        *order_broken(history, facts),
        *(f"{name}: {gap}" for name, of_service in ending.facts.items() for gap in gaps(of_service)),
        *(wrong for name in ending.topics for wrong in topic_amiss(name, ending)),
        *(wrong for name, shown in ending.shown.items() for wrong in reader_amiss(name, shown, ending)),
        *reactions_amiss(ending),
    ]


def commands_amiss(history: Iterable[Moment], facts: Sequence[Fact]) -> list[str]:
    """List commands not acknowledged once where the answer said, unknown twice, or stored though refused or unasked."""
    ends = {moment.command_id: moment for moment in history}
    places: dict[str, list[str]] = {}
    for fact in facts:
        places.setdefault(fact.command_id, []).append(f"{fact.part}:{fact.pos}")
    wrong = [f"{key} was never asked, and is stored" for key in places if key not in ends]
    for key, end in ends.items():
        found = places.get(key, [])
        if len(found) > 1:
            wrong.append(f"{key} was asked once, and is stored {len(found)} times")
        if end.ended is Ended.FAIL and found:
            wrong.append(f"{key} was refused, and is stored")
        if end.ended is Ended.OK and end.position not in found:
            wrong.append(f"{key} was acknowledged at {end.position}, and is not there")
    return wrong


def order_broken(history: Sequence[Moment], facts: Iterable[Fact]) -> list[str]:
    """List commands that stand before one of the same customer that was acknowledged before they were given."""
    place = {fact.command_id: (fact.part, fact.pos) for fact in facts}
    acknowledged: list[Moment] = []
    wrong = []
    for moment in history:
        if moment.ended is Ended.OK:
            acknowledged.append(moment)
        elif moment.ended is None and moment.command_id in place:
            wrong += [
                f"{moment.command_id} was given after {earlier.command_id} was acknowledged, and comes before it"
                for earlier in acknowledged
                if earlier.customer == moment.customer
                and place.get(earlier.command_id, (0, 0)) > place[moment.command_id]
            ]
    return wrong


def topic_amiss(name: str, ending: Ending) -> list[str]:
    """Check for every public fact, nothing else, first times in order, repetitions byte for byte."""
    records = ending.topics[name]
    public = [fact.event_id for fact in ending.facts[name] if fact.event_id in ending.public]
    sent = [record.event_id for record in records]
    return [
        *(f"{name}: {each} was never sent" for each in missing(public, set(sent))),
        *(f"{name}: {each} was sent, and is no public fact" for each in unheard_of(set(public), sent)),
        *(f"{name}: {wrong}" for wrong in out_of_order(records)),
        *(f"{name}: {each} was sent again and differs" for each in altered(records)),
    ]


def reader_amiss(reader: str, shown: Shown, ending: Ending) -> list[str]:
    """Check that each public fact was folded once, in the publisher's order, and that the digest is a clean run's."""
    wrong = []
    expected = stories_of(ending)
    for place in sorted(expected.keys() | shown.stories.keys(), key=str):
        should, does = list(expected.get(place, ())), list(shown.stories.get(place, ()))
        wrong += [f"{reader}: {each} of {place[1]} is lost" for each in missing(should, set(does))]
        wrong += [f"{reader}: {each} of {place[1]} was never said" for each in unheard_of(set(should), does)]
        wrong += [f"{reader}: {each} is shown {times} times" for each, times in Counter(does).items() if times > 1]
        if sorted(should) == sorted(does) and should != does:
            wrong.append(f"{reader}: the story of customer {place[0].int} by {place[1]} is out of order")
    if shown.digest != ending.clean.digest:
        wrong.append(f"{reader}: its digest is not that of a clean run")
    return wrong


def stories_of(ending: Ending) -> dict[tuple[UUID, str], list[UUID]]:
    """Return every customer's story as the stores have it."""
    told: dict[tuple[UUID, str], list[UUID]] = {}
    for source, facts in ending.facts.items():
        for fact in sorted(facts, key=lambda fact: (fact.part, fact.pos)):
            if fact.event_id in ending.public:
                told.setdefault((ending.customers[fact.event_id], source), []).append(fact.event_id)
    return told


def reactions_amiss(ending: Ending) -> list[str]:
    """Check that every event that causes a command has caused it once, and no other has caused one."""
    times = Counter(ending.caused)
    wrong = [f"{each} caused {times[each]} commands instead of one" for each in ending.causing if times[each] != 1]
    return wrong + [f"{each} caused a command, and should not have" for each in times if each not in ending.causing]
