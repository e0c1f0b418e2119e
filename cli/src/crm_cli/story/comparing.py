"""Do all services show the same? Wait until they have read to the same position, then compare their digests."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_cli.calling import Callers, NeverSeen

# The services look at their lag once a second: two looks in a row must agree.
_BETWEEN_LOOKS = 1.2


@dataclass(frozen=True)
class Comparison:
    """The digest of every service's histories, at the same positions."""

    digests: Mapping[str, str]
    events: int

    @property
    def same(self) -> bool:
        """Whether there is one digest only."""
        return len(set(self.digests.values())) == 1


async def compare(callers: Callers, *, within: float = 300.0) -> Comparison:
    """Wait until nothing is on its way, then take every service's digest; `NeverSeen` when it does not become quiet."""
    before: dict[str, Any] = {}
    try:
        async with asyncio.timeout(within):
            while True:
                quiet = await _nothing_on_its_way(callers)
                now = {service: await callers.read(service, "/history/digest") for service in callers.clients}
                if quiet and now == before and _at_the_same_positions(now):
                    return Comparison(
                        {service: seen["digest"] for service, seen in now.items()},
                        max(seen["count"] for seen in now.values()),
                    )
                before = now
                await asyncio.sleep(_BETWEEN_LOOKS)
    except TimeoutError:
        raise NeverSeen(f"the services did not come to the same positions within {within:.0f} s") from None


def _at_the_same_positions(seen: Mapping[str, Any]) -> bool:
    first, *others = (digest["positions"] for digest in seen.values())
    return all(other == first for other in others)


async def _nothing_on_its_way(callers: Callers) -> bool:
    states = [await callers.clients[service].get("/health/ready") for service in callers.clients]
    return not any(reader["lag_events"] for state in states for reader in state.json()["readers"])
