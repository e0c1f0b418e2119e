"""A comparison of the histories of all services, at the same positions."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_cli.client import CrmClient, WaitTimedOut

# The services look at their lag once a second: two looks in a row must agree.
_BETWEEN_LOOKS = 1.2


@dataclass(frozen=True)
class Comparison:
    """The digest of every service's histories, at the same positions."""

    digests: Mapping[str, str]
    events: int

    @property
    def same(self) -> bool:
        """Tell whether all digests are one."""
        return len(set(self.digests.values())) == 1

    @property
    def different(self) -> list[str]:
        """Return the services whose digest is not the most frequent one; all of them where no two agree."""
        (digest, count), *_ = Counter(self.digests.values()).most_common(1)
        agreed = digest if count > 1 or len(self.digests) == 1 else None
        return [service for service, found in self.digests.items() if found != agreed]


async def compare(client: CrmClient, *, within: float = 300.0) -> Comparison:
    """Wait until every service has read everything, then compare their digests, or raise `WaitTimedOut`."""
    before: dict[str, Any] = {}
    try:
        async with asyncio.timeout(within):
            while True:
                # A digest reads every row: it is taken only where it may count.
                now = await _digests(client) if await _nothing_on_its_way(client) else {}
                if now and now == before and at_the_same_positions(now):
                    return comparison_of(now)
                before = now
                await asyncio.sleep(_BETWEEN_LOOKS)
    except TimeoutError:
        raise WaitTimedOut(
            f"the services did not come to the same positions within {within:.0f} s: `crm lag` shows what waits"
        ) from None


def comparison_of(seen: Mapping[str, Mapping[str, Any]]) -> Comparison:
    """Return the comparison of the services' answers about their digests."""
    digests = {service: each["digest"] for service, each in seen.items()}
    return Comparison(digests, max(each["count"] for each in seen.values()))


def at_the_same_positions(seen: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether all have read every topic to the same offsets: only then must their digests agree."""
    first, *others = (each["positions"] for each in seen.values())
    return all(other == first for other in others)


async def _digests(client: CrmClient) -> dict[str, Any]:
    asked = {service: client.read(service, "/history/digest") for service in client.clients}
    return dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))


async def _nothing_on_its_way(client: CrmClient) -> bool:
    states = await asyncio.gather(*map(client.health, client.clients))
    return not any(reader["lag_events"] for state in states for reader in state["readers"])
