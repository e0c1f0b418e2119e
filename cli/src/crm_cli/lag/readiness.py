"""The readiness of every service, put together from the answers of its processes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_cli.client import CrmClient, Unreachable
from crm_cli.data_folder import Running


@dataclass
class Reader:
    """The lag of one reader of the log, of the relay, or of the log itself."""

    name: str
    behind: int = 0
    oldest_seconds: float = 0.0
    still_seconds: float = 0.0
    stopped: list[str] = field(default_factory=list)
    parked_records: int = 0
    parked_keys: int = 0


@dataclass
class State:
    """The state of one service: ready, or the reasons against it."""

    ready: bool = True
    reasons: list[str] = field(default_factory=list)
    readers: dict[str, Reader] = field(default_factory=dict)

    def add(self, answer: Mapping[str, Any]) -> None:
        """Add the answer of a process; only the one in which a reader runs knows where it stopped."""
        self.ready = self.ready and answer["ready"]
        self.reasons += [reason for reason in answer["reasons"] if reason not in self.reasons]
        for each in answer["readers"]:
            reader = self.readers.setdefault(each["reader"], Reader(each["reader"]))
            reader.behind = max(reader.behind, each["lag_events"])
            reader.oldest_seconds = max(reader.oldest_seconds, each["lag_seconds"])
            reader.parked_records = max(reader.parked_records, each["parked_records"])
            reader.parked_keys = max(reader.parked_keys, each["parked_keys"])
            reader.still_seconds = max(reader.still_seconds, each["still_seconds"])
            reader.stopped += [stop for stop in each["stopped"] if stop not in reader.stopped]

    def add_missing(self, reason: str) -> None:
        """Add a process that does not answer."""
        self.ready = False
        self.reasons.append(reason)


async def states_of(running: Running) -> dict[str, State]:
    """Return service -> its state."""
    processes = {name: [url, *running.beside.get(name, ())] for name, url in running.addresses.items()}
    found = await asyncio.gather(*map(_state, processes.values()))
    return dict(zip(processes, found, strict=True))


async def _state(addresses: Sequence[str]) -> State:
    state = State()
    async with CrmClient({url: url for url in addresses}, timeout=10) as client:
        for url in addresses:
            try:
                state.add(await client.health(url))
            except Unreachable:
                state.add_missing(f"does not answer at {url}")
    return state
