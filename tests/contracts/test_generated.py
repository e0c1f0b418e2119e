"""Generated files: what is stale is named, a README without a place for its lists is refused."""

from pathlib import Path

import pytest

from crm_events import EVENTS
from tests.contracts.listening import services
from tools import documents, goldens, readmes


def test_the_lists_of_a_readme_are_those_of_its_service() -> None:
    assert [str(path) for path, text in readmes.files().items() if path.read_text("utf-8") != text] == []


@pytest.mark.parametrize("service", services())
def test_a_list_names_every_command_with_what_it_does(service: str) -> None:
    rows = list(readmes.commands_of(services()[service]))

    assert len(rows) == len(services()[service].handlers)
    assert [row for row in rows if not row[2]] == []


def test_a_list_takes_the_place_between_its_markers_and_nothing_else() -> None:
    readme = "before\n<!-- events -->\n`Old`\n<!-- /events -->\nafter\n"

    assert readmes.with_lists(readme, {"events": "`New`\n"}) == readme.replace("Old", "New")


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(readmes.MarkersMissing, match="<!-- events -->"):
        readmes.with_lists("no markers here", {"events": "`New`"})


def test_golden_files_are_those_of_the_examples() -> None:
    files = {**goldens.payloads(), **goldens.sentences_and_wordings()}

    assert [str(path) for path, text in files.items() if path.read_text("utf-8") != text] == []
    assert {path.name for path in goldens.PAYLOADS.iterdir()} == {f"{type}.json" for type in EVENTS}


def test_a_file_of_an_event_that_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "crm.support.NeverSaid.v1.json"
    gone.write_text("{}")
    monkeypatch.setattr(documents, "FOLDERS", (tmp_path,))

    assert documents.forgotten() == [gone]


def test_what_is_stale_is_named_once_and_what_is_written_is_no_longer_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "deep" / "page.md"
    monkeypatch.setattr(documents, "GENERATORS", (lambda: {page: "today\n"},))

    assert (documents.main(["--check"]), capsys.readouterr().err.count(f"stale: {page}\n")) == (1, 1)
    assert (documents.main([]), page.read_text()) == (0, "today\n")
    assert (documents.main(["--check"]), capsys.readouterr().err) == (0, "")
