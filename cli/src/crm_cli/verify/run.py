"""The verification of every store, and of the histories of all services."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from crm_cli.client import CrmClient, WaitTimedOut
from crm_cli.comparing import Comparison, at_the_same_positions, compare, comparison_of
from crm_cli.errors import ExitCode
from crm_cli.stores import StoreUnreadable
from crm_cli.targets import Subject
from crm_eventlog.audit import Finding, verify_chains
from crm_eventlog.store import EventStore, open_engine, open_store
from crm_eventlog.store.engine import reading
from crm_history.digest import digest, positions

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Chains:
    """The check of one store's hash chains; `findings` has the first altered position of each partition."""

    facts: int
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Verdict:
    """The result; `trouble` gives the reason where there is no comparison."""

    chains: Mapping[str, Chains]
    comparison: Comparison | None
    trouble: str = ""

    @property
    def code(self) -> ExitCode:
        """Return the exit code of the command."""
        altered = any(chains.findings for chains in self.chains.values())
        if altered or (self.comparison and not self.comparison.same):
            return ExitCode.FAILED
        return ExitCode.DONE if self.comparison else ExitCode.IN_PART


async def verify(subject: Subject, *, within: float, progress: Progress) -> Verdict:
    """Check every hash chain, then compare the digests; call `progress` with the facts checked and all facts."""
    chains = await asyncio.to_thread(_verify_stores, subject.databases, progress)
    if not subject.at_work:
        return _compared_at_rest(chains, await asyncio.to_thread(_digests_at_rest, subject.databases))
    try:
        async with CrmClient(subject.addresses) as client:
            return Verdict(chains, await compare(client, within=within))
    except WaitTimedOut as trouble:
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
    # The store itself tells a reader how many partitions there are.
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
