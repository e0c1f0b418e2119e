"""`crm --help`: at once, and with an example for every command."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from crm_cli.app import app

COMMANDS = (
    ["demo"],
    ["up"],
    ["down"],
    ["import", "customers"],
    ["history"],
    ["lag"],
    ["parked", "list"],
    ["parked", "show"],
    ["parked", "redrive"],
    ["parked", "drop"],
    ["verify"],
    ["audit", "export"],
    ["audit", "verify"],
    ["audit", "keygen"],
    ["audit", "sign"],
    ["audit", "prove"],
    ["audit", "reconcile"],
    ["audit", "as-of"],
    ["explain", "balance"],
    ["explain", "receivable"],
    ["topics", "create"],
)
HEAVY = ("crm_eventlog", "crm_chassis", "fastapi", "httpx", "pydantic", "sqlalchemy")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_an_example_and_answers_programs(words: list[str]) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"]).stdout

    assert f"Example: crm {' '.join(words)}" in shown
    assert "--json" in shown


def test_help_waits_for_nothing_that_only_commands_need() -> None:
    program = f"import sys, crm_cli.app; print([name for name in {HEAVY} if name in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == "[]"


def test_a_library_is_changed_by_the_command_line_only_and_not_by_an_import() -> None:
    program = "import sys, crm_cli.client; print(sys.modules.get('sniffio', 'untouched') is not None)"

    untouched = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert untouched.strip() == "True"
