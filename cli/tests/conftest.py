"""The states with which the tests of `crm` begin: running services, and the files that they leave."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from cli.tests.crm_command import CLERK, MS_CHEN, Crm, Up, run
from crm_cli.client import CrmClient
from crm_cli.comparing import compare
from crm_cli.stack import local_stack


@pytest.fixture(scope="package")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Run the five services on the embedded default with `crm up`, until Ctrl-C ends them in order."""
    folder = tmp_path_factory.mktemp("up") / ".crm"
    command = [sys.executable, "-m", "crm_cli", "up", "--json", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        patience = Timer(120, process.kill)
        patience.start()
        first_line = process.stdout.readline()
        patience.cancel()
        yield Up(folder, process, json.loads(first_line))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


@pytest.fixture
def crm(up: Up) -> Crm:
    """Return `crm` on the running services."""
    return lambda *words, **more: run(*words, folder=up.folder, **more)


@pytest.fixture(scope="package")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leave the files of five services at rest that have read all of Ms Chen's history."""
    folder = tmp_path_factory.mktemp("left") / ".crm"

    async def live() -> None:
        async with local_stack(folder) as stack, CrmClient(stack.addresses) as client:
            body = {"customer_id": str(MS_CHEN), "name": "陈丽"}
            await client.ask("contacts", "register-customer", body, by=CLERK, key="register")
            await client.wait_for_event("support", MS_CHEN, "CustomerRegistered")
            question = {"customer_id": str(MS_CHEN), "channel": "store", "subject": "Flickers", "text": "Why?"}
            await client.ask("support", "ask-question", question, by=CLERK, key="ask")
            await client.wait_for_event("loyalty", MS_CHEN, "QuestionAsked")
            await compare(client)

    asyncio.run(live())
    return folder


@pytest.fixture
def at_rest(left_behind: Path, tmp_path: Path) -> Path:
    """Copy those files, to spoil them."""
    return shutil.copytree(left_behind, tmp_path / ".crm")
