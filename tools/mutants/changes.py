"""Lines that differ from a revision, as git tells them."""

import re
import subprocess
from pathlib import Path

from tools.mutants.parts import ROOT

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(revision: str) -> dict[Path, set[int]]:
    """Find the lines of every Python file in the work tree that the revision does not have, files new to git too."""
    lines = _in_diff(_git("diff", "--no-ext-diff", "--no-color", "--unified=0", "--no-prefix", revision, "--", "*.py"))
    for name in _git("ls-files", "--others", "--exclude-standard", "--", "*.py").splitlines():
        path = Path(name)
        lines[path] = set(range(1, len((ROOT / path).read_text("utf-8").splitlines()) + 1))
    return lines


def _in_diff(diff: str) -> dict[Path, set[int]]:
    found: dict[Path, set[int]] = {}
    path = Path()
    for line in diff.splitlines():
        if file := re.match(r"^\+\+\+ (.+)$", line):
            path = Path(file[1])
        elif hunk := _HUNK.match(line):
            first, many = int(hunk[1]), int(hunk[2] or 1)
            # Where lines only went, those around the gap are what differs: a guard was taken out.
            found.setdefault(path, set()).update(range(first, first + many) if many else (first, first + 1))
    return found


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "core.quotePath=false", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ValueError(done.stderr.strip() or f"git {words[0]} ended with {done.returncode}")
    return done.stdout
