"""`crm demo`: the story of Ms Chen and of a few hundred customers, and whether every touchpoint shows the same."""

import asyncio
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from crm_cli.calling import Callers
from crm_cli.embedded import StoryClock, embedded_house, now
from crm_cli.story.chen import ChenStory, Names
from crm_cli.story.comparing import Comparison, compare
from crm_cli.story.crowd import Crowd

CUSTOMERS = 300
TOUCHPOINTS = {
    "contacts": "store / 门店",
    "sales": "web shop / 网店",
    "marketing": "mail / 邮件",
    "support": "call centre / 客服热线",
    "loyalty": "VIP club / 会员俱乐部",
}
NAMES = Names(run="demo", first_code="CM-2026-047", second_code="CM-2026-048", card="6688 0001 2345")


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


async def demo(folder: Path, *, customers: int, serve: bool, console: Console, language: str, seed: int) -> Outcome:
    """Play everything in a fresh folder, tell it on `console`; with `serve` stay until interrupted."""
    # The demo's data are its own: each run tells the story from the beginning.
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    begun = time.monotonic()
    clock = StoryClock()
    async with embedded_house(folder, clock=clock) as house:
        console.print(f"five services at work on the embedded default ({folder})")
        async with Callers(house.addresses, language=language) as callers:
            of_chen = await _play_chen(callers, console, clock)
            of_all = await _play_crowd(callers, console, customers=customers, seed=seed)
        outcome = Outcome(of_chen, of_all, customers + 1, time.monotonic() - begun)
        _say_result(console, outcome)
        if serve:
            _say_addresses(console, house.addresses)
            await asyncio.Event().wait()
    return outcome


async def _play_chen(callers: Callers, console: Console, clock: StoryClock) -> Comparison:
    def tell(step: str) -> None:
        console.print(f"  [dim]·[/] {step}")

    story = ChenStory(callers, NAMES, now=now(), tell=tell, pass_time=clock.move_to)
    await story.play()
    clock.move_to(None)
    comparison = await compare(callers)
    for service, touchpoint in TOUCHPOINTS.items():
        entries = await callers.history(service, story.customer_id)
        console.print(history_table(f"{touchpoint} ({service})", entries))
        digest = await callers.read(service, f"/customers/{story.customer_id}/history/digest")
        console.print(f"  digest {digest['digest']}\n")
    then = {"occurred_by": story.walks_in_at.isoformat()}
    desk = await callers.read("sales", f"/customers/{story.customer_id}/front-desk", **then)
    console.print("what the clerk in the store is told when she comes in, before a word is said:")
    for concern in desk["items"]:
        console.print(f"  [bold]{concern['sentence']}[/]", soft_wrap=True)
    return comparison


async def _play_crowd(callers: Callers, console: Console, *, customers: int, seed: int) -> Comparison:
    crowd = Crowd(customers, now=now(), run=f"crowd-{seed}", random=Random(seed))  # noqa: S311 - a story, no secret
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"{customers} customers, shuffled, with repetitions", total=crowd.expected)
        await crowd.act(callers, progress=lambda: progress.advance(task))
        progress.update(task, description="waiting until every service has read everything")
        return await compare(callers)


def history_table(title: str, entries: Sequence[Mapping[str, Any]]) -> Table:
    """A customer's history, oldest first, as people read it."""
    table = Table(title=title, title_justify="left", expand=False)
    for heading in ("when", "service", "kind"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what", overflow="fold")
    for entry in reversed(entries):
        when = datetime.fromisoformat(entry["occurred_at"]).strftime("%d %b %H:%M")
        table.add_row(when, entry["source"], entry["kind"], entry["sentence"])
    return table


def _say_result(console: Console, outcome: Outcome) -> None:
    table = Table(title="all histories", title_justify="left")
    for heading in ("touchpoint", "service", "digest"):
        table.add_column(heading, overflow="fold")
    for service, digest in outcome.of_all.digests.items():
        table.add_row(TOUCHPOINTS[service], service, digest)
    console.print(table)
    counted = f"{outcome.customers} customers, {outcome.of_all.events} events, {outcome.seconds:.1f} s"
    if outcome.same:
        console.print(f"[bold green]the same[/]: every touchpoint shows one history ({counted})")
    else:
        console.print(f"[bold red]NOT the same[/]: the touchpoints show different histories ({counted})")


def _say_addresses(console: Console, addresses: Mapping[str, str]) -> None:
    for service, url in addresses.items():
        console.print(f"{service:10} {url}/docs", highlight=False)
    console.print("running; Ctrl-C ends it")
