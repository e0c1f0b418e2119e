"""The page of proven features says what the tests of a whole run proved, and a run notices when it is stale."""

import pytest

from tests.architecture.house import ROOT
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


@pytest.fixture
def a_house(pytester: pytest.Pytester) -> pytest.Pytester:
    """A house with a catalogue of two features and one test, which proves the first."""
    (pytester.path / "docs/catalogue").mkdir(parents=True)
    (pytester.path / "docs/catalogue/contacts.md").write_text(A_CATALOGUE, "utf-8")
    pytester.makeini(f"[pytest]\ntestpaths = tests\npythonpath = {ROOT}\naddopts = -p tests.features")
    pytester.mkdir("tests")
    (pytester.path / "tests/test_contacts.py").write_text(PROVING, "utf-8")
    return pytester


def run(house: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return house.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


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


def test_a_whole_run_writes_the_page_and_finds_it_fresh(a_house: pytest.Pytester) -> None:
    written = run(a_house, "--write-features")
    compared = run(a_house)

    assert (written.ret, compared.ret) == (0, 0)
    text = (a_house.path / "docs/features.md").read_text("utf-8")
    assert (
        "| C01 | Create a customer record [用户档案] | `tests/test_contacts.py::test_a_customer_is_registered` |"
        in text
    )


def test_a_stale_page_fails_a_whole_run_and_no_other(a_house: pytest.Pytester) -> None:
    run(a_house, "--write-features")
    with (a_house.path / "tests/test_contacts.py").open("a") as test:
        test.write('\n@pytest.mark.feature("C02")\ndef test_more(): pass\n')

    whole = run(a_house)
    part = run(a_house, "-k", "customer")

    assert whole.ret == pytest.ExitCode.TESTS_FAILED
    whole.stdout.fnmatch_lines(["docs/features.md is stale; `make docs` writes it again", "*3 passed*"])
    assert part.ret == pytest.ExitCode.OK


def test_a_claim_whose_test_was_skipped_changes_nothing(a_house: pytest.Pytester) -> None:
    run(a_house, "--write-features")
    before = (a_house.path / "docs/features.md").read_bytes()
    with (a_house.path / "tests/test_contacts.py").open("a") as test:
        test.write('\n@pytest.mark.feature("C02")\ndef test_more(): pytest.skip("no broker")\n')

    compared, written = run(a_house), run(a_house, "--write-features")

    assert (compared.ret, written.ret) == (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    assert (a_house.path / "docs/features.md").read_bytes() == before


def test_a_claim_that_the_catalogue_does_not_have_is_a_mistake(a_house: pytest.Pytester) -> None:
    with (a_house.path / "tests/test_contacts.py").open("a") as test:
        test.write('\n@pytest.mark.feature("C99")\ndef test_more(): pass\n')

    mistaken = run(a_house)

    assert mistaken.ret == pytest.ExitCode.USAGE_ERROR
    mistaken.stderr.fnmatch_lines(["*test_more claims C99, which docs/catalogue does not have"])
