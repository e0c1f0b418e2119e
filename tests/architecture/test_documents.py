"""Documents tell the truth: what they link to and name is there, and every decision says what holds it."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:shared|services|tests|docs|deploy|cli|benchmarks)/[\w./-]+")
PARTS_OF_A_DECISION = ("**Context.**", "**Decision.**", "**Consequences.**", "**Enforced by.**")
DATE_AND_STATUS = re.compile(r"# \d{4} .+\n\n- Date: \d{4}-\d\d-\d\d\n- Status: (?:accepted|replaced by \[)")
LONGEST_LINE = 140
DECISIONS = ROOT / "docs" / "decisions"
# In a how-to, a path may be that of the file that is about to be written.
WRITTEN_BY_THE_READER = "how-to"


def documents() -> list[Path]:
    """List all documents of the project."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")]
    found += [path for part in ("*/*", "*/*/*") for path in ROOT.glob(f"{part}.md")]
    return sorted({path for path in found if not path.relative_to(ROOT).parts[0].startswith(".")})


def dead_links(path: Path, text: str) -> list[str]:
    """Return the links of a document that lead nowhere in this project."""
    targets = [target for target in LINK.findall(FENCED.sub("", text)) if "://" not in target]
    return [f"{path.name} links to {target}" for target in targets if not (path.parent / target).exists()]


def named(text: str) -> list[str]:
    """List what a document names in its sentences as code, examples in blocks aside."""
    return INLINE.findall(FENCED.sub("", text))


def missing_paths(path: Path, text: str) -> list[str]:
    """List the files and folders that a document names and that are not there."""
    by_the_reader = WRITTEN_BY_THE_READER in path.parts
    paths = [Path(name) for name in named(text) if PATH.fullmatch(name) and "..." not in name]
    looked_for = {name: name.parent if by_the_reader else name for name in paths}
    # A document in a distribution's folder may speak of what lies beside it.
    places = (ROOT, path.parent)
    return [
        f"{path.name} names {name}" for name, it in looked_for.items() if not any((at / it).exists() for at in places)
    ]


def missing_tests(path: Path, text: str, known: Iterable[str]) -> list[str]:
    """List the tests and files of tests that a document names and that are not there."""
    names = [name for name in named(text) if re.fullmatch(r"test_\w+(\.py)?", name)]
    return [f"{path.name} names {name}" for name in names if name not in known]


def known_tests() -> frozenset[str]:
    """Return the name of every test, and of every file of tests."""
    files = [
        path
        for folder in ("shared", "services", "tests", "deploy", "cli")
        for path in ROOT.glob(f"{folder}/**/test_*.py")
    ]
    tests = [
        name for path in files for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.M)
    ]
    return frozenset((*tests, *(path.name for path in files)))


def libraries() -> set[str]:
    """Return every library that a distribution, its build or its tools ask for by name."""
    wanted: list[str] = []
    for path in [ROOT / "pyproject.toml", *ROOT.glob("*/**/pyproject.toml")]:
        if any(part.startswith(".") for part in path.relative_to(ROOT).parts):
            continue
        content = tomllib.loads(path.read_text("utf-8"))
        project = content.get("project", {})
        groups = [*project.get("optional-dependencies", {}).values(), *content.get("dependency-groups", {}).values()]
        wanted += [*project.get("dependencies", []), *content.get("build-system", {}).get("requires", [])]
        wanted += [requirement for group in groups for requirement in group]
    names = {re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower() for requirement in wanted}
    return {name for name in names if not name.startswith("crm-")}


def without_reason(wanted: Iterable[str], table: str) -> list[str]:
    """List the libraries that no row of the table explains; its first cell names one or several."""
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    explained = {name.strip() for cell in cells for name in cell.split(",")}
    return sorted(set(wanted) - explained)


def long_lines(path: Path, text: str) -> list[str]:
    """Return the lines that nobody can review side by side; tables and examples in blocks aside."""
    prose = FENCED.sub(lambda block: "\n" * block[0].count("\n"), text).splitlines()
    return [
        f"{path.name}:{number}, {len(line)} characters"
        for number, line in enumerate(prose, 1)
        if len(line) > LONGEST_LINE and not (line.lstrip().startswith("|") or line.startswith("    "))
    ]


def test_no_line_of_a_document_is_too_long_to_be_reviewed() -> None:
    assert [long for path in documents() for long in long_lines(path, path.read_text("utf-8"))] == []


def test_a_line_that_is_too_long_is_caught() -> None:
    offender = f"Short.\n| {'a' * 150} |\n```\n{'b' * 150}\n```\n{'c' * 141}\n{'d' * 140}\n"

    assert long_lines(ROOT / "README.md", offender) == ["README.md:6, 141 characters"]


def test_every_link_leads_somewhere() -> None:
    assert [dead for path in documents() for dead in dead_links(path, path.read_text("utf-8"))] == []


def test_a_link_that_leads_nowhere_is_caught() -> None:
    offender = "See [the glossary](glossary.md) and [the plan](plan.md), [elsewhere](https://example.com)."

    assert dead_links(ROOT / "docs" / "architecture.md", offender) == ["architecture.md links to plan.md"]


def test_files_that_documents_name_are_there() -> None:
    assert [gone for path in documents() for gone in missing_paths(path, path.read_text("utf-8"))] == []


def test_a_file_that_is_gone_is_caught() -> None:
    offender = "As `shared/eventlog/tests/test_store.py` and `shared/eventlog/tests/test_gone.py` prove."

    assert missing_paths(DECISIONS / "0001.md", offender) == ["0001.md names shared/eventlog/tests/test_gone.py"]
    assert missing_paths(ROOT / "docs" / WRITTEN_BY_THE_READER / "add.md", offender) == []


def test_tests_that_documents_name_are_there() -> None:
    known = known_tests()

    assert [gone for path in documents() for gone in missing_tests(path, path.read_text("utf-8"), known)] == []


def test_a_test_that_was_renamed_is_caught() -> None:
    offender = "Enforced by `test_a_link_that_leads_nowhere_is_caught`, `test_documents.py` and `test_of_yesterday`."

    assert missing_tests(DECISIONS / "0001.md", offender, known_tests()) == ["0001.md names test_of_yesterday"]


@pytest.mark.parametrize("path", sorted(DECISIONS.glob("0*.md")), ids=lambda path: path.stem)
def test_a_decision_says_its_date_and_whether_it_still_holds(path: Path) -> None:
    assert DATE_AND_STATUS.match(path.read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(DECISIONS.glob("0*.md")), ids=lambda path: path.stem)
def test_a_decision_says_its_context_its_consequences_and_what_holds_it(path: Path) -> None:
    text = path.read_text("utf-8")

    places = [text.find(part) for part in PARTS_OF_A_DECISION]

    assert min(places) > 0
    assert places == sorted(places)
    assert named(text[places[-1] :])


def test_every_decision_stands_in_the_list_under_a_number_of_its_own() -> None:
    files = sorted(path.name for path in DECISIONS.glob("0*.md"))

    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert re.findall(r"\((0\d{3}[^)]*\.md)\)", (DECISIONS / "README.md").read_text("utf-8")) == files


def test_every_library_has_its_reason() -> None:
    (table,) = DECISIONS.glob("*-dependencies.md")

    assert without_reason(libraries(), table.read_text("utf-8")) == []


def test_a_library_without_a_reason_is_caught() -> None:
    table = "| library | what for |\n|---|---|\n| typer, rich | `crm` |\n"

    assert without_reason({"typer", "rich", "celery"}, table) == ["celery"]
