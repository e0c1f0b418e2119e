"""Trials of a sample, several at a time: the tests of a mutant are those that ran its lines, else the whole suite."""

import json
import math
import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

from tools.mutants import trial
from tools.mutants.keeping import KEPT, Results, digest
from tools.mutants.making import Mutant, Source
from tools.mutants.parts import ROOT, Part
from tools.mutants.recording import Recording, file_of, record

# What one mutant's tests may take, in seconds as recorded.
LONGEST = 30.0
# A test that takes longer than so many times what it took when recorded, and this patience, never ends.
TIMES, PATIENCE = 6.0, 20.0
# What clearing away may take when all tests are over: a database for each is dropped on a busy machine.
CLEARING = 300.0
# What it takes to load a suite.
LOADING = 3.0
# A single test that takes longer runs after the others.
SLOW = 3.0
HANGS = "(a test that never ends)"


class SuiteFails(Exception):
    """The suite fails without any mutant."""


@dataclass
class Trial:
    """A mutant and what became of it: `noticed` names the first test that failed."""

    mutant: Mutant
    noticed: str | None = None
    seconds: float = 0.0


@dataclass
class Judged:
    """A part's sample with the verdicts so far."""

    part: Part
    trials: list[Trial] = field(default_factory=list)
    asked: int = 0
    again: int = 0

    @property
    def survivors(self) -> list[Trial]:
        """List those that no test noticed."""
        return [each for each in self.trials if each.noticed is None]


def sample(mutants: Sequence[Mutant], size: int, seed: str) -> list[Mutant]:
    """Draw a sample: a mutant of every line before a second of any, and each kind of change as likely as another."""
    dice = random.Random(seed)  # noqa: S311 - a sample that can be drawn again
    of_line: dict[tuple[Path, int], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        of_line[mutant.path, mutant.first].append(mutant)
    lines, drawn = sorted(of_line), list[Mutant]()
    while lines and len(drawn) < size:
        dice.shuffle(lines)
        for line in lines[: size - len(drawn)]:
            left = of_line[line]
            operator = dice.choice(sorted({each.operator for each in left}))
            chosen = dice.choice([each for each in left if each.operator == operator])
            left.remove(chosen)
            drawn.append(chosen)
        lines = [line for line in lines if of_line[line]]
    return drawn


def recording_of(part: Part, jobs: int = 1) -> Recording:
    """Read the suite's recording; what changed in it, or all when the sources changed, is recorded anew first."""
    suite = "-".join(part.suite).replace("/", "_")
    sources = sorted({str(_root(path)) for path in part.files()})
    kept, stamped = KEPT / f"{suite}.recording.json", KEPT / f"{suite}.stamps.json"
    now = _stamps(part, sources)
    before = json.loads(stamped.read_text("utf-8")) if kept.exists() and stamped.exists() else {}
    known = earlier = Recording.read(kept) if before else Recording()
    for file in set(before) | set(now):
        if before.get(file) != now.get(file):
            known = known.without(file)
    if changed := [file for file in now if before.get(file) != now[file]]:
        known = known.and_also(_record(part, shared_out(changed, earlier, jobs), sources))
        stamped.unlink(missing_ok=True)
        known.write(kept)
        stamped.write_text(json.dumps(now), "utf-8")
    return known


def _record(part: Part, shares: Sequence[Sequence[str]], sources: Sequence[str]) -> Recording:
    """Record each share of the files in a process of its own, all at once."""
    running = dict(_begin_recording(share, sources, number) for number, share in enumerate(shares) if share)
    recorded = Recording()
    try:
        for child, folder in list(running.items()):
            os.waitpid(child, 0)
            del running[child]
            if failed := _result(folder).get("failed", ["the recording ended early"]):
                raise SuiteFails(f"{part.name}: {', '.join(failed)} (see {folder.relative_to(ROOT)}/output)")
            recorded = recorded.and_also(Recording.read(folder / "recording.json"))
            rmtree(folder, ignore_errors=True)
    finally:
        for child in running:
            _end(child)
    return recorded


def _begin_recording(files: Sequence[str], sources: Sequence[str], number: int) -> tuple[int, Path]:
    folder = KEPT / "trials" / f"record-{os.getpid()}-{number}"
    return trial.fork(folder, lambda: {"failed": record(files, sources, folder / "recording.json")}), folder


def shared_out(files: Iterable[str], known: Recording, jobs: int) -> list[list[str]]:
    """Share files out so that all processes take about as long: by what they took before, else by their length."""
    took: dict[str, float] = defaultdict(float)
    for test, seconds in known.seconds.items():
        took[file_of(test)] += seconds
    weights = {file: took.get(file) or (ROOT / file).stat().st_size / 2_000 for file in files}
    shares: list[list[str]] = [[] for _ in range(jobs)]
    for file in sorted(weights, key=lambda each: -weights[each]):
        min(shares, key=lambda share: sum(weights[each] for each in share)).append(file)
    return shares


def _stamps(part: Part, sources: Sequence[str]) -> dict[str, str]:
    """Stamp each file of tests with all that its recording depends on."""
    shared = part.shared_by_tests()
    around = [path.relative_to(ROOT) for root in sources for path in (ROOT / root).rglob("*.py")]
    under_all = digest([*around, *shared])
    return {str(path): under_all + digest([path]) for path in part.tests() if path not in shared}


def _root(path: Path) -> Path:
    return Path(*path.parts[: path.parts.index("src") + 2])


def tests_for(mutant: Mutant, known: Recording) -> list[str]:
    """Choose the tests of a mutant, quick files first, as many as fit into the longest time.

    Where no context speaks of its lines (a constant; what only another process runs), the whole suite may notice it;
    first come the tests that ran anything else of its file.
    """
    lines: Iterable[int] = range(mutant.first, mutant.last + 1)
    if mutant.once:
        lines = known.tests_of.get(str(mutant.path), ())
    found = known.tests_at(mutant.path, lines) if mutant.in_function else set()
    if not found and mutant.in_function:
        found = known.tests_at(mutant.path, range(mutant.statement[0], mutant.statement[1] + 1))
    chosen = [test for test in known.seconds if test in found or not found]
    near = found or known.tests_at(mutant.path, known.tests_of.get(str(mutant.path), ()))
    of_file: dict[str, float] = defaultdict(float)
    slow = {test for test in chosen if known.seconds[test] > SLOW}
    for test in chosen:
        of_file[file_of(test)] += 0 if test in slow else known.seconds[test]
    ordered, left = [], LONGEST
    # A world that a file's tests share costs once: tests of one file stay together, but the slow ones wait.
    for test in sorted(
        chosen, key=lambda each: (each not in near, each in slow, of_file[file_of(each)], file_of(each))
    ):
        if known.seconds[test] <= left:
            ordered.append(test)
            left -= known.seconds[test]
    return ordered


def judge(
    part: Part, chosen: Sequence[Mutant], jobs: int, until: float, tell: Callable[[Judged], None], again: bool = False
) -> Judged:
    """Try every chosen mutant that no kept result speaks of, `jobs` at a time, until the time is over."""
    results, judged = Results(part), Judged(part, asked=len(chosen))
    waiting: list[Mutant] = []
    for mutant in chosen:
        kept = None if again else results.get(mutant)
        if kept is None:
            waiting.append(mutant)
        else:
            judged.trials.append(Trial(mutant, kept["noticed"], kept["seconds"]))
    if not waiting:
        return judged
    judged.again = len(waiting)
    known = recording_of(part, jobs)
    sources = {path: Source(path) for path in {mutant.path for mutant in waiting}}
    tried: list[Mutant] = []
    for done in _run(waiting, known, lambda mutant: sources[mutant.path].text(mutant), jobs, until):
        results.put(done.mutant, done.noticed, done.seconds)
        tried.append(done.mutant)
        judged.trials.append(done)
        tell(judged)
    _refuse_what_fails_by_itself(part, tried[-1:], known)
    return judged


def _refuse_what_fails_by_itself(part: Part, last: Sequence[Mutant], known: Recording) -> None:
    """Run the last mutant's tests on the code as it is: where they fail now, a server or a file is to blame."""
    for control in _run(last, known, lambda mutant: (ROOT / mutant.path).read_text("utf-8"), 1, math.inf):
        if control.noticed is not None:
            raise SuiteFails(
                f"{part.name}: {control.noticed} fails without any change now; find out why and try again with --again"
            )


@dataclass
class Running:
    """A trial that runs: where it writes, since when, and how long each test takes."""

    trial: Trial
    folder: Path
    begun: float
    seconds: Mapping[str, float]

    def hangs(self) -> bool:
        """Say true when the test that runs now, or the loading before the first, takes too long."""
        now = self.folder / trial.NOW
        if not now.exists():
            return time.monotonic() - self.begun > PATIENCE + TIMES * LOADING
        test = now.read_text("utf-8")
        limit = PATIENCE + TIMES * self.seconds.get(test, 0.0) if test else CLEARING
        return time.time() - now.stat().st_mtime > limit


def _run(
    waiting: Sequence[Mutant], known: Recording, text_of: Callable[[Mutant], str], jobs: int, until: float
) -> Iterator[Trial]:
    queue, running = list(reversed(waiting)), dict[int, Running]()
    try:
        while running or (queue and time.monotonic() < until):
            while queue and len(running) < jobs and time.monotonic() < until:
                child, started = _start(queue.pop(), known, text_of)
                running[child] = started
            for child in [each for each in running if _ended(each, running[each])]:
                yield _verdict(running.pop(child))
            time.sleep(0.02)
    finally:
        for child in running:
            _end(child)


def _start(mutant: Mutant, known: Recording, text_of: Callable[[Mutant], str]) -> tuple[int, Running]:
    tests, text = tests_for(mutant, known), text_of(mutant)
    folder = KEPT / "trials" / f"{mutant.key}-{os.getpid()}"
    child = trial.fork(folder, lambda: trial.run(ROOT / mutant.path, text, tests, folder))
    return child, Running(Trial(mutant), folder, time.monotonic(), known.seconds)


def _ended(child: int, running: Running) -> bool:
    if os.waitpid(child, os.WNOHANG)[0]:
        _end(child, reap=False)
        return True
    if running.hangs():
        _end(child)
        running.trial.noticed = HANGS
        return True
    return False


def _end(child: int, reap: bool = True) -> None:
    """End a trial and every process it started: it leads a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if reap:
        os.waitpid(child, 0)


def _verdict(running: Running) -> Trial:
    done = running.trial
    done.seconds = time.monotonic() - running.begun
    if done.noticed is None:
        done.noticed = _result(running.folder).get("noticed", "(the process ended)")
    rmtree(running.folder, ignore_errors=True)
    return done


def _result(folder: Path) -> dict[str, Any]:
    file = folder / "result.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else {}
