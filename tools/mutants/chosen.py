"""Changes of meaning that people chose, beside those that operators make: the list in `chosen.toml`."""

import tomllib
from hashlib import sha256
from pathlib import Path

from tools.mutants.making import CHOSEN, Mutant
from tools.mutants.parts import ROOT

LIST = ROOT / "tools/mutants/chosen.toml"


def chosen(part: str, file: Path = LIST) -> list[Mutant]:
    """Read those of a part; one that does not stand exactly once in its file is refused."""
    entries = tomllib.loads(file.read_text("utf-8"))["chosen"]
    return [_mutant(each) for each in entries if each["part"] == part]


def _mutant(entry: dict[str, str]) -> Mutant:
    text = (ROOT / entry["path"]).read_text("utf-8")
    if (many := text.count(entry["before"])) != 1:
        raise ValueError(f"chosen.toml: {entry['path']} has {many} times {entry['before']!r} ({entry['change']})")
    first = text[: text.index(entry["before"])].count("\n") + 1
    last = first + entry["before"].rstrip("\n").count("\n")
    of_file = sha256(text.encode()).hexdigest()
    change = (entry["change"], first, last, (first, last), CHOSEN, entry["before"], entry["after"], 0, of_file, True)
    return Mutant(Path(entry["path"]), *change)
