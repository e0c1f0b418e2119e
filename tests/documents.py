"""Documents as their readers use them: the files they show are written, their commands run, their output compared.

A fenced block whose lines begin with `$ ` is a terminal: commands with what they print, `...` for what is left out. A
command that stays (`crm up`) is ended with Ctrl-C before the next command of its block, and goes on beside the blocks
that follow. A block named like ```csv customers.csv is that file.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

PATIENCE = 300.0
STAYS = "running; Ctrl-C"
_FENCE = re.compile(r"^```(?P<kind>\w*)(?: (?P<name>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# What differs from one run to the next: digests, months, numbers, and how wide a table is.
_VARIES = {
    r"[0-9a-f]{64}": r"[0-9a-f]{64}",
    rf"\b(?:{_MONTH})\b": rf"(?:{_MONTH})",
    r"\d[\d,]*(?:\.\d+)?": r"\d[\d,]*(?:\.\d+)?",
    r"\s+": r"\s+",
}


@dataclass(frozen=True)
class Step:
    """A command, and the lines it is said to print."""

    command: str
    prints: Sequence[str]


@dataclass(frozen=True)
class Document:
    """A document as its reader uses it: files to write, terminals to type into."""

    files: dict[str, str]
    terminals: Sequence[Sequence[Step]]

    @classmethod
    def read(cls, path: Path) -> "Document":
        """Read every block that names a file or shows a terminal."""
        blocks = list(_FENCE.finditer(path.read_text("utf-8")))
        files = {block["name"]: block["body"] for block in blocks if block["name"]}
        return cls(files, [_steps(block["body"]) for block in blocks if block["body"].startswith("$ ")])


@dataclass
class Terminal:
    """A reader in a folder of their own."""

    folder: Path
    _staying: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def run(self, *words: str) -> tuple[int | None, str]:
        """Run `crm WORDS`; return its exit code, none yet if it stays, and all it printed."""
        command = [sys.executable, "-m", "crm_cli", *words]
        surroundings = {"cwd": self.folder, "env": _surroundings(), "text": True}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **surroundings)
        patience = Timer(PATIENCE, process.kill)
        patience.start()
        output, stays = _output_of(process)
        patience.cancel()
        if stays:
            self._staying.append(process)
            return None, output
        with process:
            return process.wait(), output

    def press_ctrl_c(self) -> None:
        """End what stays, in order."""
        while self._staying:
            with self._staying.pop() as process:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=PATIENCE)


def not_printed(lines: Sequence[str], output: str) -> list[str]:
    """Return the lines that the output does not have in this order, whatever varies from run to run."""
    missing, place = [], 0
    for line in lines:
        if found := _pattern(line.removesuffix("...")).search(output, place):
            place = found.end()
        else:
            missing.append(line)
    return missing


def words_of(command: str) -> list[str]:
    """Split a command as a shell does."""
    return shlex.split(command)


def _output_of(process: "subprocess.Popen[str]") -> tuple[str, bool]:
    """Read what it prints until its end, or until it says that it stays."""
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(line)
        if line.startswith(STAYS):
            return "".join(lines), True
    return "".join(lines), False


def _steps(body: str) -> list[Step]:
    commands = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    return [Step(lines[0], lines[1:]) for lines in (command.rstrip("\n").split("\n") for command in commands)]


def _pattern(line: str) -> re.Pattern[str]:
    parts = re.split(f"({'|'.join(_VARIES)})", line.strip())
    return re.compile(
        "".join(_of_varying(part) if number % 2 else re.escape(part) for number, part in enumerate(parts))
    )


def _of_varying(part: str) -> str:
    return next(pattern for kind, pattern in _VARIES.items() if re.fullmatch(kind, part))


def _surroundings() -> dict[str, str]:
    """Return our variables without those that would lead `crm` elsewhere, in English and UTF-8."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    return {**ours, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
