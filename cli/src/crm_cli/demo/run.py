"""The demo: the story of Ms Chen and of a few hundred customers, compared at every touchpoint."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from rich.console import Console

from crm_chassis.clock import now
from crm_chassis.runner import PartFailed
from crm_cli.client import CrmClient
from crm_cli.comparing import Comparison, compare
from crm_cli.console import digest_table, history_table, print_addresses, progress_on
from crm_cli.data_folder import DataFolder, Running
from crm_cli.demo.chen import ChenStory, Names
from crm_cli.demo.crowd import Crowd
from crm_cli.services import TOUCHPOINTS
from crm_cli.signals import stop_at_signals
from crm_cli.stack import PARTITIONS, LocalStack, ServiceEnded, StoryClock, local_stack

NAMES = Names(run="demo", first_code="CM-2026-047", second_code="CM-2026-048", card="6688 0001 2345")
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """The result of a demo."""

    of_chen: Comparison
    of_all: Comparison
    customers: int
    seconds: float

    @property
    def same(self) -> bool:
        """Tell whether every touchpoint showed the same, of one customer and of all."""
        return self.of_chen.same and self.of_all.same

    def as_json(self) -> dict[str, Any]:
        """Return the result for programs."""
        return {
            "same": self.same,
            "digests": dict(self.of_all.digests),
            "customers": self.customers,
            "events": self.of_all.events,
            "seconds": round(self.seconds, 1),
        }


async def demo(
    data_folder: DataFolder,
    *,
    customers: int,
    serve: bool,
    console: Console,
    language: str,
    seed: int,
    found: Callable[[Outcome], None] = lambda _: None,
) -> Outcome:
    """Play everything in an emptied folder, and print it on `console`; with `serve` stay until interrupted.

    `found` is called with the outcome before that.
    """
    data_folder.refuse_while_running()
    # The demo's data are its own: each run tells the story from the beginning.
    await asyncio.to_thread(data_folder.wipe)
    begun, clock = time.monotonic(), StoryClock()
    async with AsyncExitStack() as exits:
        with console.status("five services start"):
            stack = await exits.enter_async_context(local_stack(data_folder.folder, clock=clock))
        exits.callback(data_folder.clear)
        data_folder.record_process(_running(data_folder, stack))
        console.print(f"five services at work on the embedded default, in {data_folder}")
        client = await exits.enter_async_context(CrmClient(stack.addresses, language=language))
        of_chen = await while_all_run(stack, _play_chen(client, console, clock))
        of_all = await while_all_run(stack, _play_crowd(client, console, customers=customers, seed=seed))
        outcome = Outcome(of_chen, of_all, customers + 1, time.monotonic() - begun)
        _say_result(console, outcome)
        found(outcome)
        if serve:
            print_addresses(stack.addresses, console.print)
            await stack.until(stop_at_signals())
    return outcome


async def while_all_run(stack: LocalStack, playing: Coroutine[Any, Any, T]) -> T:
    """Return the result of `playing`, or raise `ServiceEnded` as soon as a part of the stack ends by itself."""
    stop = asyncio.Event()
    play, watch = asyncio.create_task(playing), asyncio.create_task(stack.until(stop))
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


def _running(data_folder: DataFolder, stack: LocalStack) -> Running:
    return Running(
        addresses=stack.addresses, databases=data_folder.databases, log_url=data_folder.log_url, partitions=PARTITIONS
    )


async def _play_chen(client: CrmClient, console: Console, clock: StoryClock) -> Comparison:
    def announce(step: str) -> None:
        console.print(f"  [dim]·[/] {step}")

    story = ChenStory(client, NAMES, now=now(), announce=announce, pass_time=clock.move_to)
    await story.play()
    clock.move_to(None)
    with console.status("waiting until every service has read everything"):
        comparison = await compare(client)
    console.print()
    first, *_ = TOUCHPOINTS
    entries = await client.history(first, story.customer_id)
    console.print(history_table(console, f"{TOUCHPOINTS[first]} ({first})", entries))
    console.print()
    digests = {
        service: (await client.read(service, f"/customers/{story.customer_id}/history/digest"))["digest"]
        for service in TOUCHPOINTS
    }
    console.print(digest_table(console, "the same history at every touchpoint", digests))
    console.print()
    await _say_what_the_clerk_sees(client, console, story)
    return comparison


async def _say_what_the_clerk_sees(client: CrmClient, console: Console, story: ChenStory) -> None:
    then = {"occurred_by": story.walks_in_at.isoformat()}
    desk = await client.read("sales", f"/customers/{story.customer_id}/front-desk", **then)
    console.print("what the clerk in the store is told when she comes in, before a word is said:")
    for concern in desk["items"]:
        console.print(f"  [bold]{concern['sentence']}[/]", soft_wrap=True)
    console.print()


async def _play_crowd(client: CrmClient, console: Console, *, customers: int, seed: int) -> Comparison:
    crowd = Crowd(customers, now=now(), run=f"crowd-{seed}", random=Random(seed))  # noqa: S311 - a story, no secret
    console.print(f"the same with {customers} more customers, in shuffled order, a fifth of the commands twice")
    with progress_on(console) as progress:
        task = progress.add_task("customers act", total=crowd.expected)
        await crowd.act(client, progress=lambda: progress.advance(task))
        progress.update(task, description="every service reads everything", total=None)
        return await compare(client)


def _say_result(console: Console, outcome: Outcome) -> None:
    console.print(digest_table(console, "all histories", outcome.of_all.digests))
    counted = f"{outcome.customers} customers, {outcome.of_all.events} events, {outcome.seconds:.1f} s"
    if outcome.same:
        console.print(f"[bold green]the same[/]: every touchpoint shows one history ({counted})")
    else:
        console.print(f"[bold red]NOT the same[/]: the touchpoints show different histories ({counted})")
