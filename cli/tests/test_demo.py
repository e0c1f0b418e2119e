"""`crm demo`: its output and its exit code."""

import json
import re
from pathlib import Path

import pytest

from cli.tests.crm_command import run
from crm_cli.data_folder import SERVICE_NAMES

COMPLAINT = (
    "  Complaint of DAY at 09:00, on the hotline, about “屏幕闪烁，无人解决 / Screen flickers, nobody helps”: "
    "“Two weeks old and it flickers every evening.” There is no answer yet; it was passed up to service-supervisor, "
    "because “Not settled in time. 未在时限内处理。”"
)
QUESTION = (
    "  Question of DAY at 09:00, on the website, about “屏幕闪烁 / The screen flickers”: “为什么屏幕在暗处闪烁？ "
    "Why does the screen flicker in the dark?” There is no remedy now, because “没有办法，需等待固件 2.1 / "
    "No remedy until firmware 2.1”; a remedy is expected on DAY."
)


def front_desk(output: str) -> list[str]:
    """Read the lines that the clerk in the store is told, up to the empty line, with DAY for every day."""
    _, _, after = output.partition("what the clerk in the store is told when she comes in, before a word is said:\n")
    return [re.sub(r"\d+ \w{3} \d{4}", "DAY", line) for line in after.partition("\n\n")[0].splitlines()]


@pytest.mark.feature("P28")
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
    output = for_person.stdout
    digests = [re.search(rf" {service} +([0-9a-f]{{16,}})", output) for service in SERVICE_NAMES]
    assert len({found and found[1] for found in digests}) == 1, output
    assert (output.count("(contacts)"), output.count("as a customer (a person)")) == (1, 1)
    assert front_desk(output) == [COMPLAINT, QUESTION]
    assert "the same: every touchpoint shows one history (3 customers" in output


def test_the_demo_never_clears_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    precious = tmp_path / "demo" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")

    refused = run("demo", "--customers", 1, folder=tmp_path)

    assert refused.exit_code == 1
    assert "thesis.txt" in refused.stderr
    assert precious.read_text() == "years of work"
