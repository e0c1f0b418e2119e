"""The page tells what was played, what was wrong, and how it is played again."""

import pytest

from tests.faults.__main__ import main
from tests.faults.matrix import FAULTS, NAMED
from tests.faults.play import BROKEN_OFF, INVARIANTS, Outcome
from tests.faults.report import document, table, violations

WELL = Outcome("kill-relay", 1, 2.0, {name: [] for name in INVARIANTS}, commands=60)
SLOWER = Outcome("kill-relay", 2, 9.0, {name: [] for name in INVARIANTS}, commands=40)
LOST = Outcome("poison-record", 7, 3.0, {"nothing lost": ["a", "b"]}, commands=10)
BROKEN = Outcome("kill-relay", 3, wrong={BROKEN_OFF: ["after 120 s not yet"]})


def row_of(name: str, *outcomes: Outcome) -> list[str]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(outcomes, FAULTS).splitlines()]
    return next(row for row in rows if row[0] == name)


def test_a_row_counts_seeds_commands_and_violations_and_tells_how_long_it_took() -> None:
    assert row_of("kill-relay", WELL, SLOWER) == ["kill-relay", "2", "100", *["0"] * 5, "5.5 s", "9.0 s"]


def test_a_violation_is_counted_and_comes_with_the_line_that_plays_it_again() -> None:
    assert row_of("poison-record", LOST)[3] == "2"
    (told,) = violations([WELL, LOST])

    assert told.startswith("poison-record, seed 7: nothing lost: 2 violations, the first: a\n")
    assert told.endswith('make faults ARGS="--fault poison-record --seed 7"')


def test_a_story_without_an_end_is_a_violation_and_no_time() -> None:
    row = row_of("kill-relay", WELL, BROKEN)

    assert (row[1], row[-1]) == ("2, 1 broken off", "2.0 s")
    assert len(violations([BROKEN])) == 1
    assert "1 did not come to an end" in document([WELL, BROKEN], FAULTS)


def test_what_could_not_be_played_says_why() -> None:
    assert "only root" in row_of("disk-full", Outcome("disk-full", 1, skipped="only root may"))[3]


def test_the_page_names_every_fault_and_what_was_wrong() -> None:
    page = document([WELL, LOST], FAULTS)

    assert all(f"| {name} |" in page for name in NAMED)
    assert "2 stories, 2 violations." in page
    assert "--seed 7" in page


def test_the_command_lists_what_there_is_and_refuses_what_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    with pytest.raises(SystemExit):
        main(["--fault", "earthquake"])

    told = capsys.readouterr().out
    assert all(name in told for name in NAMED)
