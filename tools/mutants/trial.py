"""A trial of one mutant: a forked process that loads it, runs the tests that may notice it, and says what they did."""

import gc
import importlib
import json
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import structlog

from tools.mutants.inside import sitecustomize
from tools.mutants.keeping import KEPT
from tools.mutants.parts import ROOT, Part
from tools.mutants.recording import AFRESH, file_of

# The file in a trial's folder that names the test that runs now.
NOW = "now"
INSIDE = str(Path(sitecustomize.__file__).parent)
# Imported once before the forks: what the suites need and no part changes.
HEAVY = (
    "aiokafka",
    "alembic.autogenerate",
    "alembic.command",
    "cryptography",
    "email_validator",
    "eventsourcing.application",
    "eventsourcing.persistence",
    "fastapi",
    "fastapi.testclient",
    "faststream.kafka",
    "httpx",
    "hypothesis",
    "jsonschema",
    "opentelemetry.sdk.trace",
    "orjson",
    "phonenumbers",
    "prometheus_client",
    "psycopg",
    "pydantic",
    "pydantic_settings",
    "pypinyin",
    "schemathesis",
    "sqlalchemy",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "structlog",
    "typer",
    "uvicorn",
)


def warm_up() -> None:
    """Import them and the plugins of pytest, and keep what is compiled, also for the processes that tests start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(KEPT / "compiled")
    sys.dont_write_bytecode = False
    _load(HEAVY)
    _load([plugin.module for plugin in entry_points(group="pytest11")])
    # Without this, an error on our side is drawn with the local variables of every frame, which takes seconds.
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[plain])


def stand_on(part: Part) -> None:
    """Import what lies under a part, which none of its mutants changes."""
    _load(part.under)
    changed = {str(ROOT / path) for path in part.files()}
    if early := sorted(name for name, each in sys.modules.items() if getattr(each, "__file__", None) in changed):
        raise ValueError(f"{part.name} cannot be judged in this order, it is loaded already: {', '.join(early)}")
    gc.collect()
    gc.freeze()


def _load(modules: Iterable[str]) -> None:
    """Import modules; what they say about each other is no concern of a trial."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in modules:
            importlib.import_module(module)


class _Chosen:
    """Keeps the chosen tests in the given order, tells which one runs, and notes the first that fails."""

    def __init__(self, tests: Sequence[str], now: Path) -> None:
        self.place = {test: number for number, test in enumerate(tests)}
        self.now = now
        self.noticed: str | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what was not chosen."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid]
        )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell which test begins, for whoever waits for it to end."""
        self.now.write_text(nodeid, "utf-8")

    def pytest_sessionfinish(self) -> None:
        """Tell that no test runs any more: what was made for them is only cleared away."""
        self.now.write_text("", "utf-8")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note who noticed."""
        if report.failed and self.noticed is None:
            self.noticed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count a file that cannot be collected as one that noticed."""
        if report.failed and self.noticed is None:
            self.noticed = report.nodeid or "(collecting)"


def fork(folder: Path, work: Callable[[], Mapping[str, Any]]) -> int:
    """Do the work in a process of its own, whose output and result are files in `folder`; return its id."""
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    if (child := os.fork()) != 0:
        return child
    try:
        os.setsid()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        out = os.open(folder / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(out, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
        (folder / "result.json").write_text(json.dumps(dict(work())), "utf-8")
    except BaseException:  # noqa: BLE001 - a forked process ends here, whatever happened
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def run(path: Path, text: str, tests: Sequence[str], folder: Path) -> Mapping[str, Any]:
    """Load the mutated file, run these tests until one fails, and say which."""
    change = folder / "change.json"
    change.write_text(json.dumps({"path": str(path), "text": text}), "utf-8")
    sitecustomize.begin(str(change))
    os.environ[sitecustomize.VARIABLE] = str(change)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (INSIDE, os.environ.get("PYTHONPATH"))))
    chosen = _Chosen(tests, folder / NOW)
    files = [file for file in dict.fromkeys(file_of(test) for test in tests) if (ROOT / file).exists()]
    code = pytest.main([*AFRESH, "-x", f"--basetemp={folder / 'tmp'}", *files], plugins=[chosen])
    # Where a test was renamed since the recording, nobody has noticed anything.
    if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return {"noticed": None}
    return {"noticed": chosen.noticed or f"(pytest ended with {int(code)})"}
