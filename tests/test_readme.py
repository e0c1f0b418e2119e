"""The commands of the READMEs, run as written, print what is said there."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.documents import Document, Step, Terminal, not_printed, words_of

FIRST_SCREEN = Document.read(ROOT / "README.md")
OF_CRM = Document.read(ROOT / "cli" / "README.md")
LOOKING = Document.read(ROOT / "docs" / "how-to" / "look-at-a-running-system.md")
INSTALLER = (ROOT / "deploy" / "install.py").read_text("utf-8")
ENTERED_ONLY = {". .venv/bin/activate"}


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Yield a reader in an empty folder; press Ctrl-C at the end."""
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.press_ctrl_c()


def follow(document: Document, terminal: Terminal) -> list[str]:
    """Do what a reader of the document does; return what did not happen as it was said."""
    for name, content in document.files.items():
        (terminal.folder / name).write_text(content, "utf-8")
    return [wrong for steps in document.terminals for wrong in in_one_terminal(steps, terminal)]


def in_one_terminal(steps: list[Step], terminal: Terminal) -> Iterator[str]:
    code: int | None = 0
    for step in (step for step in steps if words_of(step.command)[0] == "crm"):
        if code is None:
            terminal.press_ctrl_c()
        code, output = terminal.run(*words_of(step.command)[1:])
        if code not in (None, 0, 3):
            yield f"{step.command} ended with {code}:\n{output}"
        yield from (f"{step.command} did not print: {line}\n{output}" for line in not_printed(step.prints, output))


def steps_of(document: Document, program: str) -> list[Step]:
    return [step for steps in document.terminals for step in steps if words_of(step.command)[0] == program]


@pytest.mark.parametrize("document", [FIRST_SCREEN, OF_CRM, LOOKING])
def test_every_command_is_one_of_ours(document: Document) -> None:
    commands = [step.command for steps in document.terminals for step in steps]

    assert commands
    assert [each for each in commands if words_of(each)[0] not in ("crm", "make") and each not in ENTERED_ONLY] == []


@pytest.mark.parametrize("step", steps_of(FIRST_SCREEN, "make"), ids=lambda step: step.command)
def test_every_target_of_the_first_screen_can_be_made(step: Step) -> None:
    made = subprocess.run(
        ["make", "-n", *words_of(step.command)[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert made.returncode == 0, made.stderr


@pytest.mark.needs_kafka
@pytest.mark.needs_postgres
def test_the_first_screen_does_what_it_says(terminal: Terminal) -> None:
    assert follow(FIRST_SCREEN, terminal) == []


def test_the_readme_of_crm_does_what_it_says(terminal: Terminal) -> None:
    assert follow(OF_CRM, terminal) == []


def test_the_demo_prints_what_the_first_screen_shows_and_can_be_looked_at_while_it_stays(terminal: Terminal) -> None:
    (demo,) = [step for step in steps_of(FIRST_SCREEN, "make") if step.command == "make demo"]

    code, output = terminal.run("demo", "--customers", "5", "--serve")

    assert code is None, output
    of_demo = [line for line in demo.prints if not said_by_installer(line)]
    assert len(of_demo) > 5
    assert not_printed(of_demo, output) == []
    assert [wrong for steps in LOOKING.terminals for wrong in looked(steps, terminal)] == []


def looked(steps: list[Step], terminal: Terminal) -> Iterator[str]:
    """Run commands that only look and leave running what runs."""
    for step in steps:
        code, output = terminal.run(*words_of(step.command)[1:])
        if code != 0:
            yield f"{step.command} ended with {code}:\n{output}"
        yield from (f"{step.command} did not print: {line}\n{output}" for line in not_printed(step.prints, output))


def said_by_installer(line: str) -> bool:
    """Tell whether a line of `make` comes from making `.venv`."""
    longest = max(re.split(r"[\d()]+", line), key=len).strip()
    return longest in INSTALLER


def test_a_line_that_is_not_printed_is_noticed() -> None:
    lines = ["the same: one history (301 customers, 60.6 s)", "...", "support   17   intact"]

    assert not_printed(lines, "the same: one history (7 customers, 8.1 s)\n support  4,711  intact") == []
    assert not_printed(lines, "the same: one history (7 customers, 8.1 s)\n support  4,711  altered") == [lines[2]]
    assert not_printed(lines[::-1], "the same: one history (7 customers, 8 s)\n support  4  intact") == [lines[0]]
