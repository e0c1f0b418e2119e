"""The command line as a person calls it, and files as other systems write them."""

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
    """A process of `crm up`, and the object that it printed."""

    folder: Path
    process: "subprocess.Popen[str]"
    output: dict[str, Any]


def run(*words: object, folder: Path, language: str = "C") -> Result:
    """Run `crm WORDS --folder FOLDER` in an English environment."""
    environment = {"LC_ALL": language, "COLUMNS": "200"}
    return CliRunner(env=environment).invoke(app, [*map(str, words), "--folder", str(folder)])


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    """Write a file with these rows, the first of them the headings."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path
