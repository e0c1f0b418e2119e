"""Whether every store is as it was recorded, and every service shows the same history: at work, or as files at rest."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from crm_cli.calling import Callers, NeverSeen
from crm_cli.leaving import CannotBeDone, Code
from crm_cli.places import NotRunning, Place
from crm_cli.story.comparing import Comparison, at_the_same_positions, compare, comparison_of
from crm_eventlog.audit import Finding, verify_chains
from crm_eventlog.store import EventStore, open_engine, open_store
from crm_eventlog.store.engine import reading
from crm_history.digest import digest, positions

Progress = Callable[[int, int], None]


class NothingToVerify(CannotBeDone):
    """Nothing runs, and no files are there."""

    code = Code.NOTHING_RUNS


class StoreUnreadable(CannotBeDone):
    """A store is so damaged that it cannot be read, or it is none."""


@dataclass(frozen=True)
class Subject:
    """What is verified: the services at work, or their files at rest."""

    place: Place
    databases: Mapping[str, str]
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def at_work(self) -> bool:
        """Whether services run on these databases."""
        return bool(self.addresses)


@dataclass(frozen=True)
class Chains:
    """What the hash chains of one store tell; `findings` has the first altered position of each partition."""

    facts: int
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Verdict:
    """What was found; without a comparison `trouble` says why there is none."""

    chains: Mapping[str, Chains]
    comparison: Comparison | None
    trouble: str = ""

    @property
    def code(self) -> Code:
        """What the command ends with."""
        altered = any(chains.findings for chains in self.chains.values())
        if altered or (self.comparison and not self.comparison.same):
            return Code.FAILED
        return Code.DONE if self.comparison else Code.IN_PART


def subject_at(place: Place) -> Subject:
    """What runs from the folder, or else the files that lie there; `NothingToVerify`."""
    try:
        running = place.running_here()
        return Subject(place, running.databases, running.addresses)
    except NotRunning as nothing:
        for each in (place, place.of_demo):
            if databases := each.embedded_databases():
                return Subject(each, databases)
        if (place.folder / "postgres").exists():
            raise NothingToVerify(
                f"the stores in {place} are on PostgreSQL, which does not run: start `crm up --real`"
            ) from nothing
        raise NothingToVerify(f"{nothing}; no files of services lie there either") from nothing


async def verify(subject: Subject, *, within: float, progress: Progress) -> Verdict:
    """Every hash chain from its beginning, then the digests; `progress` hears of facts checked and of all facts."""
    chains = await asyncio.to_thread(_verify_stores, subject.databases, progress)
    if not subject.at_work:
        return _compared_at_rest(chains, await asyncio.to_thread(_digests_at_rest, subject.databases))
    try:
        async with Callers(subject.addresses) as callers:
            return Verdict(chains, await compare(callers, within=within))
    except NeverSeen as trouble:
        return Verdict(chains, None, str(trouble))


def _verify_stores(databases: Mapping[str, str], progress: Progress) -> dict[str, Chains]:
    stores = {name: _store(name, url) for name, url in databases.items()}
    try:
        facts = {name: _read(name, partial(_count, store)) for name, store in stores.items()}
        done, expected = 0, sum(facts.values())

        def advance(checked: int) -> None:
            nonlocal done
            done += checked
            progress(done, max(done, expected))

        return {
            name: Chains(facts[name], _read(name, partial(verify_chains, store, progress=advance)))
            for name, store in stores.items()
        }
    finally:
        for store in stores.values():
            store.engine.dispose()


def _store(name: str, url: str) -> EventStore:
    # Reading does not ask how many partitions there are: the store tells.
    return open_store(open_engine(url, pool_size=1), source=name, partitions=1)


def _count(store: EventStore) -> int:
    return sum(n for n, _ in store.heads().values())


def _read(name: str, look: Callable[[], Any]) -> Any:
    try:
        return look()
    except (SQLAlchemyError, ValueError, TypeError) as damage:
        reason = str(getattr(damage, "orig", damage)).splitlines()[0]
        raise StoreUnreadable(f"the store of {name} cannot be read: {reason}. Restore it from a backup") from damage


def _digests_at_rest(databases: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {name: _read(name, partial(_digest_of, url)) for name, url in databases.items()}


def _digest_of(url: str) -> dict[str, Any]:
    engine = open_engine(url, pool_size=1)
    try:
        with reading(engine) as db:
            read = positions(db)
            return {"digest": digest(db), "count": read.count, "positions": read.offsets}
    finally:
        engine.dispose()


def _compared_at_rest(chains: Mapping[str, Chains], seen: Mapping[str, Mapping[str, Any]]) -> Verdict:
    if at_the_same_positions(seen):
        return Verdict(chains, comparison_of(seen))
    return Verdict(
        chains,
        None,
        "the services had not read to the same positions when they stopped, so their histories cannot be compared: "
        "start `crm up`, and verify again",
    )
