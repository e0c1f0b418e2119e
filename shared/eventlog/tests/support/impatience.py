"""An event loop that skips every wait and records it, so that a test can check its length."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

DEADLINE_S = 20


class Impatient(asyncio.SelectorEventLoop):
    """A loop that never sleeps. Deadlines of `asyncio.timeout` are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._enough: tuple[int, Callable[[], object]] | None = None

    def after(self, count: int, then: Callable[[], object]) -> None:
        """Call this after so many waits."""
        self._enough = (count, then)

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any, context: Any = None) -> Any:
        self.waits.append(delay)
        if self._enough and len(self.waits) == self._enough[0]:
            self._enough[1]()
        return super().call_later(0, callback, *args, context=context)


def waits_of(story: Callable[[], Awaitable[Any]]) -> list[float]:
    """Run the coroutine to its end. Return each wait in seconds."""
    with asyncio.Runner(loop_factory=Impatient) as runner:
        runner.run(_in_time(story))
        return list(runner.get_loop().waits)  # type: ignore[attr-defined]


def first_waits_of(run: Callable[[asyncio.Event], Awaitable[Any]], count: int) -> list[float]:
    """Run until it has waited so often. Return each wait in seconds."""

    async def story() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().after(count, stop.set)  # type: ignore[attr-defined]
        await run(stop)

    return waits_of(story)[:count]


async def _in_time(story: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await story()
