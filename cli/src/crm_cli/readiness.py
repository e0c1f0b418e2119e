"""How far every service's readers are behind, and what stopped them, asked of each of its processes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_cli.calling import Callers, Unreachable
from crm_cli.places import Running


@dataclass
class Reader:
    """One reader of the log, or the relay, or the log itself."""

    name: str
    behind: int = 0
    oldest_seconds: float = 0.0
    still_seconds: float = 0.0
    stopped: list[str] = field(default_factory=list)
    parked_records: int = 0
    parked_keys: int = 0


@dataclass
class State:
    """One service: ready, or the reasons why it is not."""

    ready: bool = True
    reasons: list[str] = field(default_factory=list)
    readers: dict[str, Reader] = field(default_factory=dict)

    def hear(self, told: Mapping[str, Any]) -> None:
        """What one of the service's processes tells; only the one in which a reader runs knows where it stopped."""
        self.ready = self.ready and told["ready"]
        self.reasons += [reason for reason in told["reasons"] if reason not in self.reasons]
        for each in told["readers"]:
            reader = self.readers.setdefault(each["reader"], Reader(each["reader"]))
            reader.behind = max(reader.behind, each["lag_events"])
            reader.oldest_seconds = max(reader.oldest_seconds, each["lag_seconds"])
            reader.parked_records = max(reader.parked_records, each["parked_records"])
            reader.parked_keys = max(reader.parked_keys, each["parked_keys"])
            reader.still_seconds = max(reader.still_seconds, each["still_seconds"])
            reader.stopped += [stop for stop in each["stopped"] if stop not in reader.stopped]

    def miss(self, reason: str) -> None:
        """One of the service's processes does not answer."""
        self.ready = False
        self.reasons.append(reason)


async def states_of(running: Running) -> dict[str, State]:
    """Service -> how it stands."""
    asked = {name: [url, *running.beside.get(name, ())] for name, url in running.addresses.items()}
    found = await asyncio.gather(*map(_state, asked.values()))
    return dict(zip(asked, found, strict=True))


async def _state(addresses: Sequence[str]) -> State:
    state = State()
    async with Callers({url: url for url in addresses}, timeout=10) as callers:
        for url in addresses:
            try:
                state.hear(await callers.health(url))
            except Unreachable:
                state.miss(f"does not answer at {url}")
    return state
