"""`python -m tests.simulation`: run seeds, say how fast, and tell the shortest story of whatever fails."""

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from itertools import count

from tests.simulation.explore import Explored, Failure, explore

_EXAMPLES = """examples:
  python -m tests.simulation                      5000 seeds from 1 on
  python -m tests.simulation --minutes 10         as many as fit
  python -m tests.simulation --seed 4711          one seed again, with its shortest trace
exit code: 0 when every promise was kept, 1 when not"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 when a promise was broken."""
    asked = _parser().parse_args(arguments)
    # What is made before the first seed stays; the collector need not look at it again.
    gc.freeze()
    if asked.seed is not None:
        seeds, many = iter([asked.seed]), 1
    else:
        many = asked.seeds or (0 if asked.minutes else 5_000)
        seeds = iter(range(asked.first, asked.first + many)) if many else count(asked.first)
    seconds = 60 * asked.minutes if asked.minutes else float("inf")
    found = explore(seeds, seconds=seconds, told=lambda so_far: _progress(so_far, many, seconds))
    sys.stderr.write("\n")
    print(_as_json(found) if asked.json else _as_text(found))
    return 1 if found.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation",
        description="Store, relay, log and projectors under a seeded scheduler that cuts, repeats, reorders and kills.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, help="how many (5000, or as many as fit in --minutes)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--minutes", type=float, help="stop after so many")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--json", action="store_true", help="the result as JSON; progress goes to stderr")
    return parser


def _progress(found: Explored, many: int, seconds: float) -> None:
    if found.seeds % 50 and found.seeds != many:
        return
    pace = found.seeds / found.seconds
    left = min((many - found.seeds) / pace if many else float("inf"), seconds - found.seconds)
    of = f" of {many}" if many else ""
    failed = len(found.failures)
    sys.stderr.write(f"\r{found.seeds}{of} seeds, {pace:.0f}/s, {max(0, left):.0f} s left, {failed} failed ")
    sys.stderr.flush()


def _as_text(found: Explored) -> str:
    head = f"{found.seeds} seeds in {found.seconds:.0f} s, {found.per_minute} a minute, {len(found.failures)} failed"
    return "\n\n".join([head, *map(_story, found.failures)])


def _story(failure: Failure) -> str:
    steps = [f"  {number}. {step}" for number, step in enumerate(failure.trace, 1)]
    wrong = [f"  - {each}" for each in failure.wrong]
    return "\n".join([f"seed {failure.seed}:", *steps, "then:", *wrong, f"again: {failure.repeat}"])


def _as_json(found: Explored) -> str:
    failures = [
        {"seed": each.seed, "trace": [str(step) for step in each.trace], "wrong": each.wrong, "repeat": each.repeat}
        for each in found.failures
    ]
    whole = {"seeds": found.seeds, "seconds": round(found.seconds, 1), "seeds_per_minute": found.per_minute}
    return json.dumps({**whole, "failures": failures}, indent=2)


if __name__ == "__main__":
    sys.exit(main())
