"""`make mutants`: change the meaning in one place at a time, run the tests that may notice, and say which did not."""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tools.mutants.changes import changed_lines
from tools.mutants.chosen import chosen
from tools.mutants.keeping import only_run
from tools.mutants.making import Mutant, Source
from tools.mutants.parts import PARTS, ROOT, Part
from tools.mutants.same import PAGE, Same, listed, outdated, page, squeezed
from tools.mutants.trial import stand_on, warm_up
from tools.mutants.trying import Judged, SuiteFails, Trial, judge, sample

ASKED = 90.0
_EXAMPLES = """examples:
  make mutants                                     150 mutants of every part
  make mutants ARGS="loyalty history --seed 7"     two parts, another sample
  make mutants ARGS="--changed HEAD~3"             the lines that differ from a revision
  make mutants ARGS="import --show"                with the change that nobody noticed, and what stands there
exit code: 0 when at least nine of ten were noticed in every part, 1 when not, 2 when not all could be tried
A verdict is kept in .mutants until the function, or the tests that gave it, change."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for."""
    asked = _parser().parse_args(arguments)
    if asked.page:
        PAGE.write_text(page(listed()), "utf-8")
        return 0
    if gone := outdated(same := listed()):
        print("\n".join(f"tools/mutants/same.toml: {each.path} no longer has {each.before}" for each in gone))
        return 2
    judged: list[Judged] = []
    trouble = _judge(asked, judged)
    print(
        json.dumps([_as_json(each, same) for each in judged], indent=1) if asked.json else _as_text(judged, same, asked)
    )
    if trouble or any(len(each.trials) < each.asked for each in judged):
        print(trouble or "the time was over before every mutant was tried", file=sys.stderr)
        return 2
    if not judged:
        print("no mutant was asked for: on these lines there is none, or they belong to no part", file=sys.stderr)
    return 0 if all(_score(each, same) >= ASKED for each in judged) else 1


def _judge(asked: argparse.Namespace, judged: list[Judged]) -> str:
    """Judge part by part into `judged`; return what stood in the way, if anything did."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with only_run():
            for each in _judged(asked):  # one by one: what was judged before a trouble is told
                judged.append(each)  # noqa: PERF402
    except (SuiteFails, ValueError, LookupError, OSError) as trouble:
        return f"{trouble}"
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.mutants",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=f"of {', '.join(PARTS)} (all)")
    parser.add_argument("--seed", default="1", help="which sample (1)")
    parser.add_argument("--size", type=_count, default=150, help="mutants a part (150)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--changed", type=_revision, metavar="REVISION", help="only lines that differ from this revision"
    )
    which.add_argument(
        "--chosen", action="store_true", help="the changes that people chose (tools/mutants/chosen.toml)"
    )
    parser.add_argument("--minutes", type=_minutes, help="stop after so many (60; 10 with --changed)")
    parser.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, help="trials at a time (one a core)")
    parser.add_argument("--again", action="store_true", help="also try what a kept verdict speaks of")
    parser.add_argument("--show", action="store_true", help="print each survivor with the code around it")
    parser.add_argument("--json", action="store_true", help="the result as JSON; progress goes to stderr")
    parser.add_argument("--page", action="store_true", help="only write docs/mutants.md from tools/mutants/same.toml")
    return parser


def _count(text: str) -> int:
    """Read a whole number from 1 on."""
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _minutes(text: str) -> float:
    """Read a number of minutes, more than none and less than a day."""
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < 24 * 60:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes between 0 and a day")
    return minutes


def _revision(text: str) -> str:
    """Read one revision; a range or nothing is none."""
    if not text.strip() or ".." in text:
        raise argparse.ArgumentTypeError(f"{text!r} is not one revision: name a commit, a branch or HEAD~1")
    return text


def _judged(asked: argparse.Namespace) -> Iterator[Judged]:
    """Judge every part that was asked for, on real parts that are started once."""
    until = time.monotonic() + 60 * (asked.minutes or (60 if asked.changed is None else 10))
    if not (samples := _samples(asked)):
        return
    with _real_parts():
        warm_up()
        for part, mutants in samples:
            if time.monotonic() > until:
                yield Judged(part, asked=len(mutants))
                continue
            told = _Progress(part, len(mutants))
            stand_on(part)
            yield judge(part, mutants, asked.jobs, until, told, asked.again)
            told.end()


def _samples(asked: argparse.Namespace) -> list[tuple[Part, list[Mutant]]]:
    names = [name for name in PARTS if name in (asked.parts or PARTS)]
    if asked.chosen:
        by_hand = [(PARTS[name], chosen(name)) for name in names]
        return [(part, mutants) for part, mutants in by_hand if mutants]
    lines = None if asked.changed is None else changed_lines(asked.changed)
    if lines is not None:
        _tell_what_is_in_no_part(lines)
    found = []
    for name in names:
        mutants = [
            mutant
            for path in PARTS[name].files()
            if lines is None or path in lines
            for mutant in Source(path).mutants()
            if lines is None or lines[path] & set(range(mutant.first, mutant.last + 1))
        ]
        if mutants or lines is None:
            found.append((PARTS[name], sample(mutants, asked.size, f"{asked.seed} {name}")))
    return found


def _tell_what_is_in_no_part(changed: Iterable[Path]) -> None:
    judged = {path for part in PARTS.values() for path in part.files()}
    if outside := sorted(str(path) for path in set(changed) - judged if "src" in path.parts):
        print(f"in no part, so not judged: {', '.join(outside)}", file=sys.stderr)


@contextmanager
def _real_parts() -> Iterator[None]:
    """Start PostgreSQL and Kafka once, for all trials."""
    from crm_local.find import find_kafka, find_postgres

    with ExitStack() as ending:
        for variable, source in (("CRM_TEST_POSTGRES", find_postgres()), ("CRM_TEST_KAFKA", find_kafka())):
            os.environ[variable] = source.begin(ending).address
        os.environ["REQUIRE_REAL"] = "1"
        yield


class _Progress:
    """One line on the error stream: how many of how many, who survived, and how long it will take."""

    def __init__(self, part: Part, many: int) -> None:
        self.part, self.many, self.begun = part, many, time.monotonic()
        print(f"{part.name}: {many} mutants", file=sys.stderr, flush=True)

    def __call__(self, so_far: Judged) -> None:
        done, kept = len(so_far.trials), so_far.asked - so_far.again
        tried = max(1, done - kept)
        left = (self.many - done) * (time.monotonic() - self.begun) / tried
        mark, end = ("\r\033[K", "") if sys.stderr.isatty() else ("", "\n")
        if end and done % 25 and done != self.many:
            return
        said = f"{mark}  {done} of {self.many}, {len(so_far.survivors)} unnoticed, {left:.0f} s left"
        print(said, end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line as it is."""
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _explained(trial: Trial, same: Sequence[Same]) -> bool:
    return any(each.is_of(trial.mutant) for each in same)


def _score(judged: Judged, same: Sequence[Same]) -> float:
    """Give the percentage noticed of those that change something."""
    unexplained = [each for each in judged.survivors if not _explained(each, same)]
    noticed = len(judged.trials) - len(judged.survivors)
    return 100.0 * noticed / (noticed + len(unexplained)) if noticed or unexplained else 100.0


def _as_json(judged: Judged, same: Sequence[Same]) -> dict[str, Any]:
    return {
        "part": judged.part.name,
        "asked": judged.asked,
        "tried": len(judged.trials),
        "noticed": len(judged.trials) - len(judged.survivors),
        "same": sum(_explained(each, same) for each in judged.survivors),
        "score": round(_score(judged, same), 1) if judged.trials else None,
        "survivors": [_mutant_as_json(each.mutant) for each in judged.survivors if not _explained(each, same)],
    }


def _mutant_as_json(mutant: Mutant) -> dict[str, Any]:
    words = {name: getattr(mutant, name) for name in ("function", "operator", "before", "after")}
    return {"path": str(mutant.path), "line": mutant.first, **words}


def _as_text(judged: Sequence[Judged], same: Sequence[Same], asked: argparse.Namespace) -> str:
    lines = [f"{'part':<12} {'tried':>5} {'noticed':>7} {'same':>4} {'score':>6}"]
    for each in judged:
        row = _as_json(each, same)
        cut = "" if row["tried"] == row["asked"] else f"  (of {row['asked']}: the time was over)"
        words = f"{row['part']:<12} {row['tried']:>5} {row['noticed']:>7} {row['same']:>4}"
        score = "-" if row["score"] is None else f"{row['score']:.1f}%"
        lines.append(f"{words} {score:>6}{cut}")
    survivors = [trial for each in judged for trial in each.survivors if not _explained(trial, same)]
    if survivors:
        lines += ["", f"unnoticed ({len(survivors)}):"]
        lines += [_survivor(trial, asked.show) for trial in sorted(survivors, key=lambda each: _place(each.mutant))]
    return "\n".join(lines)


def _place(mutant: Mutant) -> tuple[Path, int]:
    return mutant.path, mutant.first


def _survivor(trial: Trial, show: bool) -> str:
    mutant = trial.mutant
    before, after = squeezed(mutant.before), squeezed(mutant.after)
    head = f"  {mutant.path}:{mutant.first} {mutant.function}\n    - {before}\n    + {after}"
    if not show:
        return head
    around = (ROOT / mutant.path).read_text("utf-8").splitlines()[mutant.statement[0] - 1 : mutant.statement[1]]
    return "\n".join([head, *(f"      | {line}" for line in around[:12])])


if __name__ == "__main__":
    sys.exit(main())
