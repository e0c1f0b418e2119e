"""Words: every class of a domain stands in the glossary, and words that were given up do not come back."""

import ast
import re

import pytest

from tests.architecture.slices import domain_of
from tests.architecture.sources import ROOT, SERVICES, Module, shipped, suites

GLOSSARY = ROOT / "docs" / "glossary.md"
ERRORS = frozenset({"DomainError", "NotFound"})
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def terms(glossary: str) -> frozenset[str]:
    """Return the English terms of the table rows that also give a Chinese one, in small letters."""
    rows = [line.strip().strip("|").split("|") for line in glossary.splitlines() if line.startswith("|")]
    return frozenset(
        re.sub(r"[`*]", "", cells[0]).strip().lower() for cells in rows if CHINESE.search("|".join(cells[1:]))
    )


def classes(module: Module) -> list[str]:
    """List the aggregates and values of a domain. An error is a sentence made of such names, and explains itself."""
    defined = [node for node in module.tree.body if isinstance(node, ast.ClassDef)]
    return [node.name for node in defined if not ERRORS & {ast.unparse(base) for base in node.bases}]


def spoken(name: str) -> str:
    """Return a class name as people say it: `PointsAccount` is a points account."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def unexplained(module: Module, glossary: str) -> list[str]:
    """List the classes of a module that the glossary does not explain."""
    return [f"{module.name}.{name}" for name in classes(module) if spoken(name) not in terms(glossary)]


def test_every_class_of_a_domain_is_a_word_of_the_glossary() -> None:
    glossary = GLOSSARY.read_text("utf-8")
    found = [module for service in SERVICES for module in domain_of(service)]

    assert [name for module in found for name in unexplained(module, glossary)] == []
    assert {"Case", "Order", "PointsAccount"} <= {name for module in found for name in classes(module)}


A_GLOSSARY = """
| English | 中文 | meaning |
|---|---|---|
| **points account** | 积分账户 | what a member may spend |
| case | | what a customer wants of us |
"""


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("class PointsAccount(Aggregate): ...", []),
        ("class Case(Aggregate): ...", ["crm_loyalty.domain.x.Case"]),
        ("class Lot: ...", ["crm_loyalty.domain.x.Lot"]),
        ("class NotEnoughPoints(ValueError, DomainError): ...", []),
    ],
)
def test_a_class_without_both_of_its_names_is_caught(source: str, names: list[str]) -> None:
    module = Module("crm_loyalty.domain.x", source)

    assert unexplained(module, A_GLOSSARY) == names


# Identifiers that the field has a better word for; each was replaced everywhere and names nothing any more.
RETIRED = frozenset(
    [
        "said",
        "told",
        "tell",
        "tongue",
        "shelf",
        "aside",
        "asides",
        "house",
        "works",
        "heard",
        "hears",
        "Circumstances",
        "Refused",
        "Tongue",
        "Intake",
        "Aside",
        "Mark",
        "NotNow",
        "Shelf",
        "Works",
        "Callers",
        "Heard",
        "Overtaken",
        "Stood",
        "Untranslatable",
        "way_out",
        "only_if_version",
        "answer_to",
        "ask_for",
        "take_in",
        "lay_checkpoints",
    ]
)
FIRST_WORDS = frozenset(["What", "Whether", "How", "Who", "Whom", "Whose", "Of", "Where", "When", "Which"])


def retired(module: Module) -> list[str]:
    """Return the identifiers of a module that were given up."""
    names = {
        *(node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)),
        *(node.arg for node in ast.walk(module.tree) if isinstance(node, ast.arg | ast.keyword)),
        *(node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)),
        *(
            node.name
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        ),
    }
    return sorted(f"{module.name}: {name}" for name in names & RETIRED)


def questions(module: Module) -> list[str]:
    """Return the docstrings of a module that begin as a question does: a thing has a noun, a function a verb."""
    documented = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    texts = [text for node in documented if (text := ast.get_docstring(node))]
    return [f"{module.name}: {text.splitlines()[0]}" for text in texts if text.split()[0].strip(",.:") in FIRST_WORDS]


def test_a_word_that_was_given_up_names_nothing() -> None:
    assert [line for module in shipped() for line in retired(module)] == []


def test_no_docstring_begins_as_a_question_does() -> None:
    assert [line for module in (*shipped(), *suites()) for line in questions(module)] == []


@pytest.mark.parametrize(
    "source",
    ["said = 1", "def f(said): ...", "class Shelf: ...", "x.take_in()", "f(told=1)", "async def tell(): ..."],
)
def test_a_word_that_comes_back_is_caught(source: str) -> None:
    assert len(retired(Module("crm_x.y", source))) == 1


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('"""What a thing is."""', 1),
        ('class A:\n    """How it is done."""', 1),
        ('def f():\n    """Whether it is."""', 1),
        ('def f():\n    """Return what it is."""', 0),
    ],
)
def test_a_docstring_that_begins_as_a_question_is_caught(source: str, count: int) -> None:
    assert len(questions(Module("crm_x.y", source))) == count
