"""The gate: whatever was released of an event stays readable, forwards and backwards, through every release."""

import json
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from crm_events import EVENTS, parse
from crm_events.json_schema import event_schemas
from tests.contracts import facts, keep
from tests.contracts.promises import RELEASED, ages, histories, latest, name_of, story
from tests.contracts.register import concerned
from tests.contracts.schema_diff import same_schema

TYPE = "crm.support.CaseResolved.v1"


@pytest.fixture
def today() -> dict[str, Any]:
    """Return the schemas of today, to be spoilt."""
    return deepcopy(dict(event_schemas()))


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """Return a copy of everything that was released."""
    return Path(shutil.copytree(RELEASED, tmp_path / "events"))


def test_the_schemas_of_today_keep_every_promise_of_every_release() -> None:
    broken = keep.broken()

    assert [f"{each} Concerned: {', '.join(concerned(each.event, each.field))}" for each in broken] == []


def test_every_shape_of_today_is_kept_with_a_record() -> None:
    assert [f"{type}: not kept yet; {keep.COMMAND} adds it" for type in keep.not_kept()] == []


def test_a_field_taken_away_would_be_named_with_those_who_read_it(today: dict[str, Any]) -> None:
    del today[TYPE]["properties"]["waited"]
    today[TYPE]["required"].remove("waited")

    [broken] = keep.broken(today)

    assert (broken.event, broken.field, broken.change.value) == (TYPE, "waited", "field removed")
    assert "loyalty: apologise_for_slow_support" in concerned(broken.event, broken.field)
    assert "support: cases" in concerned(broken.event, broken.field)


def test_a_break_with_an_earlier_shape_is_found_behind_a_later_one(today: dict[str, Any], released: Path) -> None:
    lines = (released / f"{TYPE}.jsonl").read_text("utf-8").splitlines()
    first = json.loads(lines[0])
    first["schema"]["properties"]["mood"] = {"type": "string"}
    (released / f"{TYPE}.jsonl").write_text("\n".join([json.dumps(first), *lines]) + "\n", "utf-8")

    [broken] = keep.broken(today, released)

    assert (broken.field, broken.change.value) == ("mood", "field removed")


def test_an_event_that_is_gone_would_be_noticed(today: dict[str, Any]) -> None:
    del today[TYPE]

    assert [(each.event, each.change.value) for each in keep.broken(today)] == [(TYPE, "event gone")]


def test_a_new_event_and_a_shape_that_grew_would_be_named(today: dict[str, Any]) -> None:
    today["crm.support.CaseAnnotated.v1"] = today[TYPE]
    today["crm.sales.OrderPlaced.v1"]["properties"]["gift"] = {"type": "boolean", "default": False}
    today["crm.sales.LeadCaptured.v1"]["description"] = "Said better."

    assert keep.not_kept(today) == ["crm.sales.OrderPlaced.v1", "crm.support.CaseAnnotated.v1"]


def test_what_is_not_kept_is_written_at_the_end_of_the_story_and_once(released: Path) -> None:
    (released / "crm.support.VisitDone.v1.jsonl").unlink()

    added = list(keep.keep_events("9.9.9", released))

    assert added == ["crm.support.VisitDone.v1"]
    assert list(keep.keep_events("9.9.9", released)) == []
    assert [each.type for each in story(0, released)][-1] == "crm.support.VisitDone.v1"


def test_a_shape_that_grew_is_kept_beside_the_record_before_it_with_its_people_and_things(released: Path) -> None:
    path = released / "crm.loyalty.PointsEarned.v1.jsonl"
    before = path.read_text("utf-8").splitlines()
    path.write_text(before[0] + "\n", "utf-8")

    list(keep.keep_events("0.1.0", released))

    # Docstrings, which a schema shows as descriptions, may be worded better since.
    first, grown = ([json.loads(line) for line in lines] for lines in (before, path.read_text("utf-8").splitlines()))
    assert same_schema(first[-1].pop("schema"), grown[-1].pop("schema"))
    assert grown == first


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Return a copy of every fact that was stored."""
    return Path(shutil.copytree(facts.RELEASED, tmp_path / "facts"))


def content(*folders: Path) -> dict[Path, bytes]:
    """Return the content of these folders."""
    return {path: path.read_bytes() for folder in folders for path in folder.iterdir()}


def test_nothing_is_kept_while_a_promise_is_broken(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    today: dict[str, Any],
    released: Path,
    stored: Path,
) -> None:
    (released / "crm.support.VisitDone.v1.jsonl").unlink()
    before = content(released, stored)
    del today[TYPE]
    monkeypatch.setattr(keep, "event_schemas", lambda: today)

    code = keep.main([], events=released, stored=stored)

    assert code == 1
    assert f"{TYPE}, the event itself: event gone" in capsys.readouterr().err
    assert content(released, stored) == before


def test_what_is_missing_is_added_and_named_and_no_other_line_is_touched(
    capsys: pytest.CaptureFixture[str], released: Path, stored: Path
) -> None:
    before = content(released, stored)
    (released / "crm.support.VisitDone.v1.jsonl").unlink()
    of_loyalty = stored / "loyalty.jsonl"
    first, _, rest = of_loyalty.read_text("utf-8").partition("\n")
    of_loyalty.write_text(rest, "utf-8")

    code = keep.main(["--release", "0.1.0"], events=released, stored=stored)

    added = ["kept: crm.support.VisitDone.v1", f"kept: loyalty: {json.loads(first)['topic']}"]
    assert (code, capsys.readouterr().out.splitlines()) == (0, added)
    assert of_loyalty.read_text("utf-8") == f"{rest}{first}\n"
    changed = {path.name for path, text in content(released, stored).items() if before[path] != text}
    assert changed == {"crm.support.VisitDone.v1.jsonl", "loyalty.jsonl"}


def test_nothing_new_is_nothing_written(capsys: pytest.CaptureFixture[str], released: Path, stored: Path) -> None:
    before = content(released, stored)

    assert keep.main([], events=released, stored=stored) == 0
    assert capsys.readouterr().out == ""
    assert content(released, stored) == before


@pytest.mark.parametrize("type", histories())
def test_a_record_of_any_release_is_read_as_the_newest_version_and_loses_nothing(type: str) -> None:
    for line in histories()[type].lines:
        event = parse(type, line.record.value)

        assert event is not None
        if type == event.TYPE:
            assert line.record.content.items() <= event.model_dump(mode="json").items()


def test_every_age_of_the_log_has_a_record_of_every_event() -> None:
    for age in ages():
        assert {name_of(each.type) for each in story(age)} == {name_of(type) for type in EVENTS}


def test_a_grown_shape_is_read_in_each_of_its_ages() -> None:
    earned = name_of("crm.loyalty.PointsEarned.v1")

    told = [[each.content for each in story(age) if name_of(each.type) == earned] for age in ages()]

    assert ["programme_version" in one for [one] in told] == [False, True]
    assert told[-1] == [latest(earned)[0].content]
