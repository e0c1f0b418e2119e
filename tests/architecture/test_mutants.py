"""Mutation testing changes what it says it changes, runs the tests that may notice, and keeps what it saw."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.mutants import keeping, same, trial, trying
from tools.mutants.changes import changed_lines
from tools.mutants.chosen import chosen
from tools.mutants.inside import sitecustomize
from tools.mutants.making import Mutant, Source
from tools.mutants.parts import PARTS, ROOT, Part
from tools.mutants.recording import Recording
from tools.mutants.trying import sample
from tools.mutants.trying import tests_for as chosen_for

SHOP = '''"""A shop."""
import logging
_log = logging.getLogger(__name__)
RATE = 3

def price(pieces: int | None, each: int = 2) -> int:
    """Say the price."""
    if pieces is None:
        return 0
    _log.info("priced", pieces)
    return sum(discounted(pieces, each), start=0)

@router.get("/prices")
def prices(area: str) -> list[int]:
    query = table.where(table.area == area).order_by(table.day.desc())
    return [row for row in query if row.open]
'''


def mutants_of(text: str, folder: Path) -> list[Mutant]:
    file = folder / "shop.py"
    file.write_text(text, "utf-8")
    return Source(file).mutants()


@pytest.fixture
def shop(tmp_path: Path) -> list[Mutant]:
    """Return every mutant of a small file."""
    return mutants_of(SHOP, tmp_path)


def changes(mutants: Sequence[Mutant]) -> set[tuple[str, str]]:
    return {(same.squeezed(each.before), same.squeezed(each.after)) for each in mutants}


def test_arguments_guards_and_links_of_a_query_are_changed_in_functions_with_a_decorator_too(
    shop: list[Mutant],
) -> None:
    expected = {
        ("discounted(pieces, each)", "discounted(each)"),
        ("discounted(pieces, each)", "discounted(None, each)"),
        ("if pieces is None: return 0", "if False: return 0"),
        ("table.where(table.area == area)", "table"),
        ("table.day.desc()", "table.day"),
        ("== area", "!= area"),
        ("if row.open", "if True"),
        ("3", "4"),
    }

    assert expected <= changes(shop)


def test_types_prose_documents_and_logs_are_left_alone(shop: list[Mutant]) -> None:
    touched = {each.first for each in shop}

    assert touched.isdisjoint({1, 2, 3, 7, 10})
    assert not any("int | None" in each.before and each.operator == "operator_swap_op" for each in shop)


def test_the_version_of_a_read_model_and_the_name_an_event_has_anyway_are_left_alone(tmp_path: Path) -> None:
    text = 'MODEL = ReadModel(name="shop", version=3)\n\n@event("Sold")\ndef _sold(self):\n    self.sold = True\n'

    found = changes(mutants_of(text, tmp_path))

    assert not {each for each in found if ("version" in each[0] and "version=3" not in each[1]) or each[0] == "3"}
    assert ('event("Sold")', "event(None)") not in found
    assert {('"shop"', '"XXshopXX"'), ('"Sold"', '"XXSoldXX"')} <= found


def test_the_text_of_a_mutant_differs_in_this_one_place(tmp_path: Path, shop: list[Mutant]) -> None:
    [without_area] = [each for each in shop if (each.before, each.after) == ("== area", "!= area")]

    text = Source(tmp_path / "shop.py").text(without_area)

    assert text == SHOP.replace("table.area == area", "table.area != area")


def test_a_mutant_is_known_again_when_only_another_function_changed(tmp_path: Path, shop: list[Mutant]) -> None:
    later = mutants_of(SHOP.replace("return 0", "return 1").replace('"""A shop."""', '"""A shop."""\n'), tmp_path)

    keys, keys_later = ({each.key: each for each in mutants} for mutants in (shop, later))

    assert {each.function for key, each in keys.items() if key in keys_later} == {"", "prices"}
    assert {each.function for key, each in keys.items() if key not in keys_later} == {"price"}
    assert len(keys) == len(shop)


def test_a_sample_takes_every_line_before_a_second_of_any_and_can_be_drawn_again(shop: list[Mutant]) -> None:
    lines = {each.first for each in shop}

    drawn = sample(shop, len(lines), "a seed")

    assert {each.first for each in drawn} == lines
    assert drawn == sample(shop, len(lines), "a seed")
    assert drawn != sample(shop, len(lines), "another")
    assert set(sample(shop, 10_000, "a seed")) == set(shop)


def test_the_tests_of_a_mutant_are_those_that_ran_it_and_the_whole_suite_where_none_did(shop: list[Mutant]) -> None:
    path = shop[0].path
    seconds = {"test_b.py::one": 2.0, "test_a.py::one": 1.0, "test_a.py::two": 0.5, "test_c.py::slow": 70.0}
    seconds["test_a.py::waits"] = 3.5
    known = Recording(seconds, {str(path): {9: ["test_b.py::one"], 11: ["test_b.py::one", "test_a.py::two"]}})
    of_line = {each.first: chosen_for(each, known) for each in shop}

    assert of_line[11] == ["test_a.py::two", "test_b.py::one"]
    assert of_line[9] == ["test_b.py::one"]
    # Those that ran anything else of the file come first.
    assert of_line[15] == of_line[4] == ["test_a.py::two", "test_b.py::one", "test_a.py::one", "test_a.py::waits"]


def test_what_a_cache_keeps_is_judged_by_every_test_of_its_file(tmp_path: Path) -> None:
    text = "from functools import cache\n\n@cache\ndef made(n):\n    return n + 1\n\ndef used(n):\n    return made(n)\n"
    mutants = mutants_of(text, tmp_path)
    known = Recording({"a.py::first": 1.0, "a.py::later": 1.0, "b.py::other": 1.0}, {})
    known.tests_of[str(mutants[0].path)] = {5: ["a.py::first"], 8: ["a.py::first", "a.py::later"]}

    chosen_tests = {(each.function, tuple(chosen_for(each, known))) for each in mutants if each.first in (5, 8)}

    assert chosen_tests == {
        ("made", ("a.py::first", "a.py::later")),
        ("used", ("a.py::first", "a.py::later")),
    }


def test_files_are_shared_out_by_what_they_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "ROOT", tmp_path)
    (tmp_path / "new.py").write_text("#" * 4_000, "utf-8")
    known = Recording({"a.py::x": 2.0, "a.py::y": 3.0, "b.py::x": 4.0, "c.py::x": 2.5})

    assert trying.shared_out(["a.py", "b.py", "c.py", "new.py"], known, 2) == [["a.py", "new.py"], ["b.py", "c.py"]]


def test_a_test_hangs_when_it_takes_many_times_what_it_took(tmp_path: Path, shop: list[Mutant]) -> None:
    running = trying.Running(
        trying.Trial(shop[0]), tmp_path, time.monotonic(), {"a.py::slow": 30.0, "a.py::quick": 0.1}
    )
    now = tmp_path / trial.NOW

    hangs = [running.hangs()]
    for test in ("a.py::slow", "a.py::quick"):
        now.write_text(test, "utf-8")
        os.utime(now, (time.time() - 100, time.time() - 100))
        hangs.append(running.hangs())

    assert hangs == [False, False, True]


def test_a_part_whose_sources_are_loaded_already_cannot_be_judged() -> None:
    part = Part("tool", ("tools/mutants/making.py",), ())

    with pytest.raises(ValueError, match=r"loaded already: tools\.mutants\.making"):
        trial.stand_on(part)


def test_a_recording_forgets_one_file_and_takes_another_in() -> None:
    known = Recording({"a.py::x": 1.0, "b.py::y": 2.0}, {"shop.py": {1: ["a.py::x", "b.py::y"], 2: ["a.py::x"]}})
    anew = Recording({"a.py::z": 3.0}, {"shop.py": {2: ["a.py::z"], 3: ["a.py::z"]}})

    together = known.without("a.py").and_also(anew)

    assert together.seconds == {"b.py::y": 2.0, "a.py::z": 3.0}
    assert together.tests_of == {"shop.py": {1: ["b.py::y"], 2: ["a.py::z"], 3: ["a.py::z"]}}


def test_a_verdict_holds_until_the_test_that_gave_it_changes(
    tmp_path: Path, shop: list[Mutant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "ROOT", tmp_path)
    monkeypatch.setattr("tools.mutants.parts.ROOT", tmp_path)
    part, kept = Part("shop", (), ("tests",)), tmp_path / "kept.json"
    (tmp_path / "tests").mkdir()
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / "tests" / name).write_text("", "utf-8")
    results = keeping.Results(part, kept)
    results.put(shop[0], "tests/test_a.py::test_it", 1)
    results.put(shop[1], None, 1)

    holding = [[bool(results.get(each)) for each in shop[:3]]]
    for changed in ("test_b.py", "test_a.py"):
        (tmp_path / "tests" / changed).write_text("otherwise", "utf-8")
        later = keeping.Results(part, kept)
        holding.append([bool(later.get(each)) for each in shop[:3]])

    assert holding == [[True, True, False], [True, False, False], [False, False, False]]


def test_a_process_that_a_trial_starts_loads_the_mutated_module_too(tmp_path: Path) -> None:
    path = ROOT / "shared/eventlog/src/crm_eventlog/command.py"
    change = tmp_path / "change.json"
    change.write_text(json.dumps({"path": str(path), "text": "SPOILED = True"}), "utf-8")
    inside = str(Path(sitecustomize.__file__).parent)
    surroundings = {**os.environ, "PYTHONPATH": inside, sitecustomize.VARIABLE: str(change)}
    look = "import crm_eventlog.aggregate, crm_eventlog.command as it; print(vars(it).get('SPOILED'), it.__file__)"

    said = subprocess.run([sys.executable, "-c", look], env=surroundings, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["True", str(path)]


def test_the_lines_that_differ_from_a_revision_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.mutants.changes.ROOT", tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    (tmp_path / "old.py").write_text("one\ntwo\nthree\n", "utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    (tmp_path / "old.py").write_text("one\nTWO\nthree\nfour\nfive\n", "utf-8")
    (tmp_path / "new.py").write_text("one\ntwo\n", "utf-8")

    assert changed_lines("HEAD") == {Path("old.py"): {2, 4, 5}, Path("new.py"): {1, 2}}
    (tmp_path / "old.py").write_text("one\nthree\n", "utf-8")
    assert changed_lines("HEAD")[Path("old.py")] == {1, 2}, "where a line was taken out, those around it"
    with pytest.raises(ValueError, match="nowhere"):
        changed_lines("nowhere")


def test_every_part_has_sources_and_a_suite() -> None:
    files = {name: part.files() for name, part in PARTS.items()}

    assert len(PARTS) == 13
    assert [name for name, found in files.items() if not found] == []
    assert [name for name, part in PARTS.items() if not list(part.tests())] == []
    assert len({path for found in files.values() for path in found}) == sum(map(len, files.values()))


def test_what_is_said_to_change_nothing_is_still_there_and_on_the_page() -> None:
    entries = same.listed()

    assert same.outdated(entries) == []
    assert same.PAGE.read_text("utf-8") == same.page(entries), "make docs writes it again"


def test_an_entry_that_the_code_no_longer_has_or_that_gives_no_reason_is_caught(tmp_path: Path) -> None:
    entry = (
        '[[same]]\npath = "services/loyalty/src/crm_loyalty/points/api.py"\nfunction = "x"\nbefore = "1"\nafter = "2"\n'
    )
    (tmp_path / "gone.toml").write_text(entry + 'why = "Nobody can see it at all."', "utf-8")
    (tmp_path / "silent.toml").write_text(entry + 'why = "same"', "utf-8")

    assert len(same.outdated(same.listed(tmp_path / "gone.toml"))) == 1
    with pytest.raises(ValueError, match="say why"):
        same.listed(tmp_path / "silent.toml")


def test_a_change_that_somebody_chose_stands_exactly_once_in_its_file(tmp_path: Path) -> None:
    found = [each for name in PARTS for each in chosen(name)]
    entry = '[[chosen]]\npart = "sales"\npath = "services/sales/README.md"\nchange = "x"\nbefore = "e"\nafter = ""\n'
    (tmp_path / "twice.toml").write_text(entry, "utf-8")

    texts = {each: Source(each.path).text(each) for each in found}

    assert len(found) >= 16
    assert all(each.before not in text or each.before in each.after for each, text in texts.items())
    with pytest.raises(ValueError, match="times 'e'"):
        chosen("sales", tmp_path / "twice.toml")
