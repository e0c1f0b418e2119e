"""The page of proven features says what the tests of a whole run proved, and a run notices when it is stale."""

import pytest

from tests.architecture.sources import ROOT
from tests.features import Area, catalogue, page

A_CATALOGUE = """# Contacts (2)

| id | feature | source | kind |
|---|---|---|---|
| C01 | Create a customer record [用户档案] | 000:3 | command |
| C02 | Record a background block | 000:18 | command |
"""
PROVING = """
import pytest

@pytest.mark.feature("C01")
@pytest.mark.parametrize("name", ["Chen", "Li"])
def test_a_customer_is_registered(name):
    assert name
"""
DIFFERING = """
import os
import pytest

@pytest.mark.parametrize("worker", [os.environ["PYTEST_XDIST_WORKER"]])
def test_whatever_this_worker_is_called(worker): pass
"""
# The page is the same whoever runs the tests: this process alone, or two workers of pytest-xdist.
ALONE_OR_SHARED = pytest.mark.parametrize("workers", ["-n0", "-n2"])


@pytest.fixture
def a_project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a project with a catalogue of two features and one test, which proves the first; it has no other plugins."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (pytester.path / "docs/catalogue").mkdir(parents=True)
    (pytester.path / "docs/catalogue/contacts.md").write_text(A_CATALOGUE, "utf-8")
    pytester.makeini(f"[pytest]\ntestpaths = tests\npythonpath = {ROOT}\naddopts = -p xdist -p tests.features")
    pytester.mkdir("tests")
    (pytester.path / "tests/test_contacts.py").write_text(PROVING, "utf-8")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def the_page(project: pytest.Pytester) -> str:
    return (project.path / "docs/features.md").read_text("utf-8")


def add_a_claim(project: pytest.Pytester, body: str) -> None:
    """Add a test of the second feature, with this body."""
    with (project.path / "tests/test_contacts.py").open("a") as test:
        test.write(f'\n@pytest.mark.feature("C02")\ndef test_more(): {body}\n')


def replace_in_tests(project: pytest.Pytester, before: str, after: str) -> None:
    file = project.path / "tests/test_contacts.py"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_the_catalogue_is_the_one_that_was_counted() -> None:
    areas = catalogue(ROOT / "docs" / "catalogue")

    counted = {area.name: len(area.features) for area in areas}

    assert counted == {
        "Contacts": 81,
        "Sales": 105,
        "Marketing": 111,
        "Support": 102,
        "Loyalty": 59,
        "Cross-cutting": 88,
    }


def test_the_page_counts_per_area_and_names_the_tests() -> None:
    areas = [Area("Contacts", {"C01": "Create", "C02": "Record"}), Area("Sales", {"S01": "Sell"})]

    text = page(areas, {"C02": ["tests/b.py::test_b", "tests/a.py::test_a"]})

    assert "| Contacts | 2 | 1 |\n| Sales | 1 | 0 |\n" in text
    assert "| C02 | Record | `tests/a.py::test_a`<br>`tests/b.py::test_b` |" in text
    assert "C01" not in text


@ALONE_OR_SHARED
def test_a_whole_run_writes_the_page_and_finds_it_fresh(a_project: pytest.Pytester, workers: str) -> None:
    written = run(a_project, "--write-features", workers)
    compared = run(a_project, workers)

    assert (written.ret, compared.ret) == (0, 0)
    text = (a_project.path / "docs/features.md").read_text("utf-8")
    assert (
        "| C01 | Create a customer record [用户档案] | `tests/test_contacts.py::test_a_customer_is_registered` |"
        in text
    )


def test_a_stale_page_fails_a_whole_run_and_no_other(a_project: pytest.Pytester) -> None:
    run(a_project, "--write-features")
    add_a_claim(a_project, "pass")

    whole = run(a_project)
    part = run(a_project, "-k", "customer")

    assert whole.ret == pytest.ExitCode.TESTS_FAILED
    whole.stdout.fnmatch_lines(["docs/features.md is stale; `make docs` writes it again", "*3 passed*"])
    assert part.ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("ending", "workers"),
    [('pytest.skip("no broker")', "-n0"), ("assert False", "-n0"), ('pytest.skip("no broker")', "-n2")],
)
def test_a_claim_whose_test_did_not_pass_makes_the_page_stale_and_names_the_test(
    a_project: pytest.Pytester, ending: str, workers: str
) -> None:
    add_a_claim(a_project, "pass")
    run(a_project, "--write-features")
    before = the_page(a_project)
    replace_in_tests(a_project, "def test_more(): pass", f"def test_more(): {ending}")

    whole = run(a_project, workers)
    part = run(a_project, "-k", "customer", workers)

    assert (whole.ret, part.ret) == (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.OK)
    whole.stdout.fnmatch_lines(
        ["docs/features.md is stale, and these tests did not pass: tests/test_contacts.py::test_more; *"]
    )
    assert the_page(a_project) == before


def test_the_page_is_written_without_the_claims_of_tests_that_were_skipped(a_project: pytest.Pytester) -> None:
    run(a_project, "--write-features")
    before = the_page(a_project)
    add_a_claim(a_project, 'pytest.skip("no broker")')

    written = run(a_project, "--write-features")

    assert written.ret == pytest.ExitCode.OK
    written.stdout.fnmatch_lines(
        ["docs/features.md written, and these tests did not pass: tests/test_contacts.py::test_more"]
    )
    assert the_page(a_project) == before
    assert run(a_project).ret == pytest.ExitCode.OK


def test_one_case_that_was_skipped_takes_the_claim_of_all_cases(a_project: pytest.Pytester) -> None:
    run(a_project, "--write-features")
    replace_in_tests(a_project, "assert name", 'if name == "Li":\n        pytest.skip("away")')

    whole = run(a_project)
    run(a_project, "--write-features")

    assert whole.ret == pytest.ExitCode.TESTS_FAILED
    assert "C01" not in the_page(a_project)


def test_a_run_that_stops_at_the_first_failure_leaves_the_page_alone(a_project: pytest.Pytester) -> None:
    run(a_project, "--write-features")
    before = the_page(a_project)
    replace_in_tests(a_project, "assert name", "assert not name")

    stopped = run(a_project, "-x", "--write-features")

    assert stopped.ret == pytest.ExitCode.TESTS_FAILED
    assert the_page(a_project) == before


def test_a_claim_counts_only_when_every_worker_passed_its_cases(a_project: pytest.Pytester) -> None:
    replace_in_tests(a_project, "assert name", 'assert name != "Li"')

    shared = run(a_project, "--write-features", "-n2", "--dist=load")

    assert shared.ret == pytest.ExitCode.TESTS_FAILED
    assert "C01" not in the_page(a_project)


def test_a_run_whose_workers_collected_different_tests_leaves_the_page_alone(a_project: pytest.Pytester) -> None:
    run(a_project, "--write-features")
    before = the_page(a_project)
    (a_project.path / "tests/test_differing.py").write_text(DIFFERING, "utf-8")

    refused = run(a_project, "--write-features", "-n2")

    assert refused.ret == pytest.ExitCode.TESTS_FAILED
    assert the_page(a_project) == before


def test_a_claim_that_the_catalogue_does_not_have_is_a_mistake(a_project: pytest.Pytester) -> None:
    with (a_project.path / "tests/test_contacts.py").open("a") as test:
        test.write('\n@pytest.mark.feature("C99")\ndef test_more(): pass\n')

    mistaken = run(a_project)

    assert mistaken.ret == pytest.ExitCode.USAGE_ERROR
    mistaken.stderr.fnmatch_lines(["*test_more claims C99, which docs/catalogue does not have"])
