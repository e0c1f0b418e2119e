"""`crm demo`: what it prints, and what it ends with."""

import json
from pathlib import Path

import pytest

from cli.tests.calling_crm import run
from crm_cli.places import SERVICE_NAMES


@pytest.mark.feature("P27", "P28", "C50", "C52")
def test_the_demo_answers_a_program_with_one_object_and_a_second_run_tells_a_person_the_same_story(
    tmp_path: Path,
) -> None:
    for_program = run("demo", "--customers", 6, "--json", folder=tmp_path)

    for_person = run("demo", "--customers", 2, folder=tmp_path)

    assert (for_program.exit_code, for_person.exit_code) == (0, 0), for_program.stderr + for_person.stderr
    (line,) = for_program.stdout.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["same", "digests", "customers", "events", "seconds"]
    assert (answer["same"], answer["customers"]) == (True, 7)
    assert sorted(answer["digests"]) == sorted(SERVICE_NAMES)
    assert len(set(answer["digests"].values())) == 1
    told = for_person.stdout
    assert all(f"({service})" in told for service in SERVICE_NAMES)
    assert "No remedy until firmware 2.1" in told
    assert "the same: every touchpoint shows one history (3 customers" in told


def test_the_demo_never_clears_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    precious = tmp_path / "demo" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")

    refused = run("demo", "--customers", 1, folder=tmp_path)

    assert refused.exit_code == 1
    assert "thesis.txt" in refused.stderr
    assert precious.read_text() == "years of work"
