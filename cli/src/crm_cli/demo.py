"""`crm demo`: the story of Ms Chen and of a few hundred customers, and whether every touchpoint shows the same."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from rich.console import Console

from crm_chassis.hosting import PartFailed
from crm_cli.calling import Callers
from crm_cli.embedded import House, StoryClock, embedded_house, now
from crm_cli.places import Place, Running
from crm_cli.running import PARTITIONS, ServiceEnded, refuse_where_running, say_addresses, stop_at_signals
from crm_cli.showing import TOUCHPOINTS, digest_table, history_table, progress_on
from crm_cli.story.chen import ChenStory, Names
from crm_cli.story.comparing import Comparison, compare
from crm_cli.story.crowd import Crowd

NAMES = Names(run="demo", first_code="CM-2026-047", second_code="CM-2026-048", card="6688 0001 2345")
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What the demo found."""

    of_chen: Comparison
    of_all: Comparison
    customers: int
    seconds: float

    @property
    def same(self) -> bool:
        """Whether every touchpoint saw the same, of one customer and of all."""
        return self.of_chen.same and self.of_all.same

    def as_json(self) -> dict[str, Any]:
        """As a program reads it."""
        return {
            "same": self.same,
            "digests": dict(self.of_all.digests),
            "customers": self.customers,
            "events": self.of_all.events,
            "seconds": round(self.seconds, 1),
        }


async def demo(
    place: Place,
    *,
    customers: int,
    serve: bool,
    console: Console,
    language: str,
    seed: int,
    found: Callable[[Outcome], None] = lambda _: None,
) -> Outcome:
    """Play everything in a fresh folder, tell it on `console`; with `serve` stay until interrupted.

    `found` hears of the outcome before that.
    """
    refuse_where_running(place)
    # The demo's data are its own: each run tells the story from the beginning.
    await asyncio.to_thread(place.wipe)
    begun, clock = time.monotonic(), StoryClock()
    async with AsyncExitStack() as stack:
        with console.status("five services start"):
            house = await stack.enter_async_context(embedded_house(place.folder, clock=clock))
        stack.callback(place.forget)
        place.remember(_running(place, house))
        console.print(f"five services at work on the embedded default, in {place}")
        callers = await stack.enter_async_context(Callers(house.addresses, language=language))
        of_chen = await while_all_work(house, _play_chen(callers, console, clock))
        of_all = await while_all_work(house, _play_crowd(callers, console, customers=customers, seed=seed))
        outcome = Outcome(of_chen, of_all, customers + 1, time.monotonic() - begun)
        _say_result(console, outcome)
        found(outcome)
        if serve:
            say_addresses(house.addresses, console.print)
            await house.until(stop_at_signals())
    return outcome


async def while_all_work(house: House, playing: Coroutine[Any, Any, T]) -> T:
    """The result of `playing`; `ServiceEnded` as soon as a part of the house ends by itself."""
    stop = asyncio.Event()
    play, watch = asyncio.create_task(playing), asyncio.create_task(house.until(stop))
    try:
        await asyncio.wait({play, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not play.done():
            await watch
        return await play
    except PartFailed as failed:
        raise ServiceEnded(f"{failed} ended by itself: {failed.__cause__!r}") from failed
    finally:
        stop.set()
        play.cancel()


def _running(place: Place, house: House) -> Running:
    return Running(addresses=house.addresses, databases=place.databases, log_url=place.log_url, partitions=PARTITIONS)


async def _play_chen(callers: Callers, console: Console, clock: StoryClock) -> Comparison:
    def tell(step: str) -> None:
        console.print(f"  [dim]·[/] {step}")

    story = ChenStory(callers, NAMES, now=now(), tell=tell, pass_time=clock.move_to)
    await story.play()
    clock.move_to(None)
    with console.status("waiting until every service has read everything"):
        comparison = await compare(callers)
    console.print()
    for service, touchpoint in TOUCHPOINTS.items():
        entries = await callers.history(service, story.customer_id)
        console.print(history_table(console, f"{touchpoint} ({service})", entries))
        digest = await callers.read(service, f"/customers/{story.customer_id}/history/digest")
        console.print(f"  digest {digest['digest']}\n")
    await _say_what_the_clerk_sees(callers, console, story)
    return comparison


async def _say_what_the_clerk_sees(callers: Callers, console: Console, story: ChenStory) -> None:
    then = {"occurred_by": story.walks_in_at.isoformat()}
    desk = await callers.read("sales", f"/customers/{story.customer_id}/front-desk", **then)
    console.print("what the clerk in the store is told when she comes in, before a word is said:")
    for concern in desk["items"]:
        console.print(f"  [bold]{concern['sentence']}[/]", soft_wrap=True)
    console.print()


async def _play_crowd(callers: Callers, console: Console, *, customers: int, seed: int) -> Comparison:
    crowd = Crowd(customers, now=now(), run=f"crowd-{seed}", random=Random(seed))  # noqa: S311 - a story, no secret
    console.print(f"the same with {customers} more customers, in shuffled order, a fifth of the commands twice")
    with progress_on(console) as progress:
        task = progress.add_task("customers act", total=crowd.expected)
        await crowd.act(callers, progress=lambda: progress.advance(task))
        progress.update(task, description="every service reads everything", total=None)
        return await compare(callers)


def _say_result(console: Console, outcome: Outcome) -> None:
    console.print(digest_table(console, "all histories", outcome.of_all.digests))
    counted = f"{outcome.customers} customers, {outcome.of_all.events} events, {outcome.seconds:.1f} s"
    if outcome.same:
        console.print(f"[bold green]the same[/]: every touchpoint shows one history ({counted})")
    else:
        console.print(f"[bold red]NOT the same[/]: the touchpoints show different histories ({counted})")
