"""Invariants that hold after every fault, as functions of what was seen: each returns its violations."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

T = TypeVar("T")


class Answer(NamedTuple):
    """A command that was answered with success, and what the answer said."""

    command_id: str
    id: UUID
    version: int
    position: str


class Fact(NamedTuple):
    """One fact as the store holds it."""

    command_id: str
    stream: UUID
    version: int
    part: int
    pos: int
    event_id: UUID


class Sent(NamedTuple):
    """A record on the topic, in the order of its partition."""

    partition: int
    pos: int
    event_id: UUID
    content: bytes


def lost(answers: Iterable[Answer], facts: Iterable[Fact]) -> list[str]:
    """List commands that were answered with success and are not in the store as the answer said."""
    stored = {f"{fact.part}:{fact.pos}": (fact.command_id, fact.stream, fact.version) for fact in facts}
    return [
        f"{answer.command_id} at {answer.position}"
        for answer in answers
        if stored.get(answer.position) != (answer.command_id, answer.id, answer.version)
    ]


def half(facts: Iterable[Fact], whole: Mapping[str, int]) -> list[str]:
    """List commands with another number of facts in the store than `whole` says that they make."""
    found = Counter(fact.command_id for fact in facts)
    return [f"{command_id}: {count} facts" for command_id, count in found.items() if count != whole.get(command_id)]


def gaps(facts: Iterable[Fact]) -> list[str]:
    """List positions that are missing or taken twice, counted from 1 in every partition."""
    of_part: dict[int, list[int]] = defaultdict(list)
    for fact in facts:
        of_part[fact.part].append(fact.pos)
    return [
        f"partition {part}: {sorted(positions)}"
        for part, positions in sorted(of_part.items())
        if sorted(positions) != list(range(1, len(positions) + 1))
    ]


def out_of_turn(answers: Iterable[Answer]) -> list[str]:
    """List commands of one customer, who gives them one after another, that the store has in another order."""
    last: dict[str, tuple[str, int]] = {}
    wrong = []
    for answer in answers:
        customer = answer.command_id.partition("/")[0]
        part, _, pos = answer.position.partition(":")
        before_part, before = last.get(customer, (part, 0))
        if part != before_part or int(pos) <= before:
            wrong.append(f"{answer.command_id} at {answer.position} after {before_part}:{before}")
        last[customer] = (part, int(pos))
    return wrong


def missing(expected: Iterable[T], seen: Collection[T]) -> list[T]:
    """List ids that should have been seen and were not."""
    return [each for each in expected if each not in seen]


def unheard_of(expected: Collection[UUID], seen: Iterable[UUID]) -> list[UUID]:
    """List ids that were seen and should not exist."""
    return [each for each in seen if each not in expected]


def out_of_order(records: Sequence[Sent]) -> list[str]:
    """List records that came for the first time after a later one of their partition."""
    newest: dict[int, int] = defaultdict(int)
    known: set[UUID] = set()
    wrong = []
    for record in records:
        if record.event_id not in known and record.pos <= newest[record.partition]:
            wrong.append(f"partition {record.partition}: {record.pos} after {newest[record.partition]}")
        known.add(record.event_id)
        newest[record.partition] = max(newest[record.partition], record.pos)
    return wrong


def altered(records: Sequence[Sent]) -> list[UUID]:
    """List events that were sent again and were not the same, byte for byte, at the same place."""
    first: dict[UUID, Sent] = {}
    return [record.event_id for record in records if first.setdefault(record.event_id, record) != record]


def not_once(times: Mapping[UUID, int], expected: Collection[UUID]) -> list[str]:
    """List events that were folded another number of times than once."""
    wrong = [f"{each}: {times.get(each, 0)} times" for each in expected if times.get(each, 0) != 1]
    return wrong + [f"{each}: never said" for each in unheard_of(expected, times)]
