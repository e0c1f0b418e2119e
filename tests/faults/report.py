"""The matrix as a table: by fault and invariant the seeds that were played, the violations, the time to recover."""

import os
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from tests.faults.play import INVARIANTS, Outcome
from tests.faults.scene import Fault

_HEAD = """\
# What faults do

Written by `make faults`. Every fault strikes a writer, a relay and a projector, real processes on a PostgreSQL and
three brokers of Kafka (three replicas, two in sync) on loopback, while customers go on giving commands. A cell tells
how many violations of the invariant were found; the last columns the seconds from the end of the fault until every
command was answered and every reader had caught up with a clean run. What the invariants mean, and how one seed is
played again, is in [tests/faults](../tests/faults/README.md).
"""


def table(outcomes: Sequence[Outcome], faults: Iterable[Fault]) -> str:
    """Write a row for each fault that was played."""
    of = {fault.name: [each for each in outcomes if each.fault == fault.name] for fault in faults}
    names = ["fault", "seeds", "commands", *INVARIANTS, "recovers: p50", "max"]
    rows = [_row(name, played) for name, played in of.items() if played]
    return "\n".join(f"| {' | '.join(row)} |" for row in (names, ["---"] * len(names), *rows))


def _row(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    played = [each for each in outcomes if not each.skipped]
    if not played:
        return [name, "0", "", *[f"not played: {outcomes[0].skipped}"], *[""] * (len(INVARIANTS) + 1)]
    cells = [str(sum(len(each.wrong.get(invariant, ())) for each in played)) for invariant in INVARIANTS]
    seconds = [each.seconds for each in played if not each.broken_off]
    times = [f"{median(seconds):.1f} s", f"{max(seconds):.1f} s"] if seconds else ["never", "never"]
    seeds = f"{len(played)}" + (f", {broken} broken off" if (broken := sum(e.broken_off for e in played)) else "")
    return [name, seeds, str(sum(each.commands for each in played)), *cells, *times]


def violations(outcomes: Iterable[Outcome]) -> list[str]:
    """List each violation, and the way to play it again."""
    return [
        f"{each.fault}, seed {each.seed}: {invariant}: {len(wrong)} violations, the first: {wrong[0]}\n"
        f'    make faults ARGS="--fault {each.fault} --seed {each.seed}"'
        for each in outcomes
        for invariant, wrong in each.wrong.items()
        if wrong
    ]


def document(outcomes: Sequence[Outcome], faults: Sequence[Fault]) -> str:
    """Return the text of docs/faults.md."""
    about = "\n".join(f"| {fault.name} | {fault.about} |" for fault in faults)
    found = violations(outcomes)
    parts = [
        _HEAD,
        f"Played on {os.cpu_count()} cores. {_verdict(outcomes)}\n",
        table(outcomes, faults) + "\n",
        "## The faults\n",
        f"| fault | what it does, and how it ends |\n| --- | --- |\n{about}\n",
    ]
    if found:
        parts += ["## What was wrong\n", "```\n" + "\n".join(found) + "\n```\n"]
    return "\n".join(parts)


def _verdict(outcomes: Sequence[Outcome]) -> str:
    played: Mapping[bool, list[Outcome]] = {
        broken: [each for each in outcomes if not each.skipped and each.broken_off is broken]
        for broken in (True, False)
    }
    total = sum(each.violations for each in outcomes)
    count = len(played[False]) + len(played[True])
    ended = f"; {len(played[True])} did not come to an end" if played[True] else ""
    return f"{count} stories, {total} violations{ended}."
