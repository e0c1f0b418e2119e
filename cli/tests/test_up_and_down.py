"""`crm up` and `crm down`: services that are found, kept alone, and ended in order."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Timer

import httpx

from cli.tests.crm_command import Crm, Up, run
from crm_cli.data_folder import DataFolder, Running
from crm_cli.services import SERVICE_NAMES


def test_every_service_answers_at_the_address_it_was_announced_with(up: Up) -> None:
    answers = {name: httpx.get(f"{url}/health/live").json() for name, url in up.output["addresses"].items()}

    assert {name: answer["service"] for name, answer in answers.items()} == {name: name for name in SERVICE_NAMES}


def test_a_folder_has_one_set_of_services(crm: Crm) -> None:
    second = crm("up")

    assert second.exit_code == 1
    assert "crm down" in second.stderr


def test_what_runs_is_written_down_for_its_owner_only(up: Up) -> None:
    written = up.folder / "running.json"

    assert written.stat().st_mode & 0o077 == 0


def test_services_end_in_order_and_their_data_stay_until_they_are_wiped(tmp_path: Path) -> None:
    folder = tmp_path / ".crm"
    command = [sys.executable, "-m", "crm_cli", "up", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        patience = Timer(120, process.kill)
        patience.start()
        assert process.stdout is not None
        output = [process.stdout.readline() for _ in range(6)]
        down = run("down", "--json", folder=folder)
        rest = process.stdout.read()
        patience.cancel()

    assert [line.split()[0] for line in output[:5]] == list(SERVICE_NAMES)
    assert (down.exit_code, json.loads(down.stdout)) == (0, {"ended": True, "wiped": False})
    assert process.returncode == 0
    assert "the data stay in" in rest
    assert (folder / "support.db").exists()
    assert run("down", "--wipe", folder=folder).exit_code == 0
    assert not folder.exists()


def test_where_nothing_runs_everybody_is_told_how_to_start(tmp_path: Path) -> None:
    for words in (["history", "陈丽"], ["lag"], ["verify"]):
        refused = run(*words, folder=tmp_path)

        assert refused.exit_code == 4
        assert "crm up" in refused.stderr


def test_another_process_that_was_given_the_number_of_ours_is_left_alone(tmp_path: Path) -> None:
    another = Running(addresses={}, databases={}, log_url="", partitions=16, pid=os.getppid(), begun=1.0)
    DataFolder(tmp_path).record_process(another)

    down = run("down", "--json", folder=tmp_path)

    assert json.loads(down.stdout)["ended"] is False


def test_nothing_is_wiped_from_a_folder_that_holds_other_things(tmp_path: Path) -> None:
    (tmp_path / "support.db").touch()
    (tmp_path / "holiday.jpg").touch()

    refused = run("down", "--wipe", folder=tmp_path)

    assert refused.exit_code == 1
    assert "holiday.jpg" in refused.stderr
    assert (tmp_path / "support.db").exists()


def test_splitting_is_for_real_parts_only(tmp_path: Path) -> None:
    refused = run("up", "--split", folder=tmp_path)

    assert refused.exit_code == 2
    assert "--real" in refused.stderr
