"""`python -m tests.faults`: the whole matrix, or some of it, on servers of its own."""

import argparse
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic

import structlog

from tests.architecture.sources import ROOT
from tests.faults.matrix import FAULTS, NAMED
from tests.faults.play import BROKEN_OFF, Outcome, play
from tests.faults.report import document, table, violations
from tests.faults.scene import Fault
from tests.faults.servers import Servers

PAGE = ROOT / "docs" / "faults.md"
DESCRIPTION = """\
Kill, cut, freeze, repeat and spoil, then look for anything that was lost, doubled, put out of order or shown otherwise.

  make faults                                              every fault with three seeds; writes docs/faults.md
  make faults ARGS="--fault kill-relay --seed 7"           one story again, as its line says
  make faults ARGS="--fault kill-relay --fault poison-record --seeds 20"
  make faults ARGS=--list                                  the faults, and what each does
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when nothing was wrong, 1 when something was."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        print("\n".join(f"{fault.name:18} {fault.about}" for fault in FAULTS))
        return 0
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    faults = [NAMED[name] for name in asked.fault] if asked.fault else list(FAULTS)
    seeds = [asked.seed] if asked.seed is not None else list(range(1, asked.seeds + 1))
    begun = monotonic()
    outcomes = list(_matrix(faults, seeds))
    print(f"\n{table(outcomes, faults)}\n\n{monotonic() - begun:.0f} s", flush=True)
    found = violations(outcomes)
    print("\n".join(found) or "Nothing was wrong.")
    if not asked.fault and asked.seed is None:
        PAGE.write_text(document(outcomes, faults), "utf-8")
        print(f"{PAGE.relative_to(ROOT)} is written")
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make faults", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fault", action="append", choices=sorted(NAMED), help="only this one; may be said again")
    parser.add_argument("--seed", type=int, help="only this seed")
    parser.add_argument("--seeds", type=int, default=3, help="so many seeds, from 1 on (default 3)")
    parser.add_argument("--list", action="store_true", help="say what there is")
    return parser


def _matrix(faults: Sequence[Fault], seeds: Sequence[int]) -> Iterator[Outcome]:
    stories = [(fault, seed) for fault in faults for seed in seeds]
    with ExitStack() as standing:
        servers = standing.enter_context(_servers())
        for number, (fault, seed) in enumerate(stories, start=1):
            print(f"[{number}/{len(stories)}] {fault.name}, seed {seed}: ", end="", flush=True)
            outcome = _played(fault, seed, servers)
            print(_line(outcome), flush=True)
            yield outcome
            if not _healed(servers):
                standing.close()
                servers = standing.enter_context(_servers())


@contextmanager
def _servers() -> Iterator[Servers]:
    begun = monotonic()
    with tempfile.TemporaryDirectory(prefix="crm-faults-", ignore_cleanup_errors=True) as folder:
        # As root, PostgreSQL runs as another user, who must be let through.
        Path(folder).chmod(0o711)
        with Servers(Path(folder)) as servers:
            took, load = monotonic() - begun, os.getloadavg()[0]
            print(f"PostgreSQL and three brokers after {took:.0f} s; load {load:.1f}", flush=True)
            yield servers


def _played(fault: Fault, seed: int, servers: Servers) -> Outcome:
    """Play the story. One that does not come to an end is a violation, and the next one is played all the same."""
    try:
        return play(fault, seed, servers)
    except Exception as error:  # noqa: BLE001 - whatever it is, the matrix goes on and says so
        traceback.print_exc(file=sys.stderr)
        return Outcome(fault.name, seed, wrong={BROKEN_OFF: [f"{type(error).__name__}: {error}"[:300]]})


def _healed(servers: Servers) -> bool:
    """Tell if the next story finds everything whole; else it needs other servers."""
    try:
        servers.heal()
    except Exception:  # noqa: BLE001 - whatever it is, these servers are of no use any more
        traceback.print_exc(file=sys.stderr)
        return False
    return True


def _line(outcome: Outcome) -> str:
    if outcome.skipped:
        return f"skipped: {outcome.skipped}"
    if outcome.broken_off:
        return "broken off"
    wrong = f"{outcome.violations} violations" if outcome.violations else "nothing wrong"
    return f"{wrong}, {outcome.commands} commands, recovered after {outcome.seconds:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
