"""Results that are kept between runs, in `.mutants`: a second run tries only what changed."""

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

from tools.mutants.making import Mutant
from tools.mutants.parts import ROOT, Part
from tools.mutants.recording import file_of

KEPT = ROOT / ".mutants"


@contextmanager
def only_run() -> Iterator[None]:
    """Keep every other run out while this one writes down what it sees; `ValueError` where another is on."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError("another run of the mutants is on: wait for it to end") from None
        # Nobody runs any more whose trials these are.
        rmtree(KEPT / "trials", ignore_errors=True)
        yield


def digest(paths: Iterable[Path]) -> str:
    """Digest these files, from the root of the project."""
    found = sha256()
    for path in sorted(set(paths)):
        found.update(f"{path}\0".encode())
        found.update((ROOT / path).read_bytes() if (ROOT / path).exists() else b"")
    return found.hexdigest()


class Results:
    """Verdicts by mutant: who noticed it, for as long as the change and the test that noticed are as they were.

    With the test goes what all tests of the suite share: worlds, fixtures, helpers.

    One that nobody noticed is tried again as soon as anything in the suite changed.
    """

    def __init__(self, part: Part, file: Path | None = None) -> None:
        self._file = file or KEPT / f"{part.name}.json"
        self._suite = digest(part.tests())
        self._around = digest(part.shared_by_tests())
        self._kept: dict[str, dict[str, Any]] = json.loads(self._file.read_text()) if self._file.exists() else {}

    def get(self, mutant: Mutant) -> dict[str, Any] | None:
        """Look up a verdict that still holds."""
        found = self._kept.get(mutant.key)
        holds = found is not None and found["by"] == self._by(found["noticed"]) and found["of"] == mutant.of_statement
        return found if holds else None

    def put(self, mutant: Mutant, noticed: str | None, seconds: float) -> None:
        """Keep a verdict, at once on disk, since a run may be ended at any time."""
        verdict = {"noticed": noticed, "by": self._by(noticed), "of": mutant.of_statement, "seconds": round(seconds, 2)}
        self._kept[mutant.key] = verdict
        self._file.parent.mkdir(exist_ok=True)
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(self._kept), "utf-8")
        beside.replace(self._file)

    def _by(self, noticed: str | None) -> str:
        file = Path(file_of(noticed or ""))
        return digest([file]) + self._around if noticed and (ROOT / file).is_file() else self._suite
