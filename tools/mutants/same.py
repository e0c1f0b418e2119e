"""Mutants that change nothing: the list in `same.toml`, and the page written from it."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tools.mutants.making import Mutant, Source
from tools.mutants.parts import PARTS, ROOT

LIST = ROOT / "tools/mutants/same.toml"
PAGE = ROOT / "docs/mutants.md"
PREFACE = """# Mutants

`make mutants` changes the meaning of the code in one place at a time and runs the tests that may notice
([why so](decisions/0034-mutants.md)). At least nine of ten must be noticed in every part. Those below survive because
they change nothing, each with its reason. Written from `tools/mutants/same.toml` by `make docs`; change that, not this.
"""


@dataclass(frozen=True)
class Same:
    """One change that changes nothing: where, what, and why."""

    path: Path
    function: str
    before: str
    after: str
    why: str

    def is_of(self, mutant: Mutant) -> bool:
        """Tell if this is the mutant that the entry describes, wherever in its function it stands."""
        mine = (self.path, self.function, squeezed(self.before), squeezed(self.after))
        return mine == (mutant.path, mutant.function, squeezed(mutant.before), squeezed(mutant.after))


def squeezed(code: str) -> str:
    """Write code on one line."""
    return " ".join(code.split())


def listed(file: Path = LIST) -> list[Same]:
    """Read the list; an entry without its reason is refused."""
    found = [_same(each) for each in tomllib.loads(file.read_text("utf-8")).get("same", [])]
    if silent := [f"{each.path} {each.function}" for each in found if len(each.why.split()) < 4]:
        raise ValueError(f"{file.name}: say why it changes nothing: {', '.join(silent)}")
    return found


def _same(entry: dict[str, Any]) -> Same:
    return Same(Path(entry["path"]), entry["function"], entry["before"], entry["after"], entry["why"])


def outdated(entries: Iterable[Same]) -> list[Same]:
    """Find the entries that the code no longer has."""
    by_path = sorted(entries, key=lambda each: each.path)
    gone: list[Same] = []
    for path, of_path in groupby(by_path, key=lambda each: each.path):
        mutants = Source(path).mutants() if (ROOT / path).exists() else []
        gone += [each for each in of_path if not any(each.is_of(mutant) for mutant in mutants)]
    return gone


def page(entries: Sequence[Same]) -> str:
    """Write the page: a table for each part that has any."""
    tables = []
    for part in PARTS.values():
        files = set(part.files())
        rows = [_row(each) for each in entries if each.path in files]
        if rows:
            tables.append(
                "\n".join([f"## {part.name}\n", "| where | change | why nothing changes |", "|---|---|---|", *rows])
            )
    return "\n\n".join([PREFACE.rstrip("\n"), *tables]) + "\n"


def _row(each: Same) -> str:
    change = f"`{_cell(each.before)}` → `{_cell(each.after)}`"
    return f"| `{each.path.name}`, {each.function} | {change} | {_cell(each.why)} |"


def _cell(text: str) -> str:
    return squeezed(text).replace("|", "\\|")
