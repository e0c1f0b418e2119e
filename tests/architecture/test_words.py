"""The language of the domain: a class that nobody can look up in the glossary, in English and Chinese, is not in it."""

import ast
import re

import pytest

from tests.architecture.sources import ROOT, Module, modules

GLOSSARY = ROOT / "docs" / "glossary.md"
REFUSALS = frozenset({"Refused", "NotFound"})
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def terms(glossary: str) -> frozenset[str]:
    """The English terms of the table rows that also give a Chinese one, in small letters."""
    rows = [line.strip().strip("|").split("|") for line in glossary.splitlines() if line.startswith("|")]
    return frozenset(
        re.sub(r"[`*]", "", cells[0]).strip().lower() for cells in rows if CHINESE.search("|".join(cells[1:]))
    )


def classes(module: Module) -> list[str]:
    """What a domain names: aggregates and values. An error is a sentence made of such names, and explains itself."""
    defined = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    return [node.name for node in defined if not REFUSALS & {ast.unparse(base) for base in node.bases}]


def spoken(name: str) -> str:
    """A class name as people say it: `PointsAccount` is a points account."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def unexplained(module: Module, glossary: str) -> list[str]:
    """The classes of a module that the glossary does not explain."""
    return [f"{module.name}.{name}" for name in classes(module) if spoken(name) not in terms(glossary)]


def test_every_class_of_a_domain_is_a_word_of_the_glossary() -> None:
    glossary = GLOSSARY.read_text("utf-8")
    found = modules("services/*/src/*/domain/*.py")

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
        ("class NotEnoughPoints(ValueError, Refused): ...", []),
    ],
)
def test_a_class_without_both_of_its_names_is_caught(source: str, names: list[str]) -> None:
    module = Module("crm_loyalty.domain.x", source)

    assert unexplained(module, A_GLOSSARY) == names
