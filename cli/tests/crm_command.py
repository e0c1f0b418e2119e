"""Calling `crm` as a person would, and files as other systems write them."""

import csv
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from typer.testing import CliRunner, Result

from crm_cli.app import app
from crm_cli.client import Touchpoint

CLERK = Touchpoint(actor="李娜", role="clerk", unit="GZ-TIANHE", channel="store")
MS_CHEN = UUID(int=7)
Crm = Callable[..., Result]


@dataclass(frozen=True)
class Up:
    """What `crm up` runs, in a process of its own."""

    folder: Path
    process: "subprocess.Popen[str]"
    told: dict[str, Any]


def run(*words: object, folder: Path, language: str = "C") -> Result:
    """`crm WORDS --folder FOLDER`, where the surroundings speak English."""
    surroundings = {"LC_ALL": language, "COLUMNS": "200"}
    return CliRunner(env=surroundings).invoke(app, [*map(str, words), "--folder", str(folder)])


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    """A file with these rows, the first of them the headings."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path
