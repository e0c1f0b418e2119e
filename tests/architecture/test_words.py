"""The language of the domain: a class that nobody can look up in the glossary, in English and Chinese, is not in it."""

import ast
import re

import pytest

from tests.architecture.house import ROOT, Module, modules

GLOSSARY = ROOT / "docs" / "glossary.md"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def terms(glossary: str) -> frozenset[str]:
    """The English terms of the table rows that also give a Chinese one, in small letters."""
    rows = [line.strip().strip("|").split("|") for line in glossary.splitlines() if line.startswith("|")]
    return frozenset(
        re.sub(r"[`*]", "", cells[0]).strip().lower() for cells in rows if CHINESE.search("|".join(cells[1:]))
    )


def aggregates(module: Module) -> list[str]:
    """The names of the aggregates in a module of a domain."""
    return [
        node.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "Aggregate" for base in node.bases)
    ]


def spoken(name: str) -> str:
    """A class name as people say it: `PointsAccount` is a points account."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def unexplained(module: Module, glossary: str) -> list[str]:
    """The aggregates of a module that the glossary does not explain."""
    return [f"{module.name}.{name}" for name in aggregates(module) if spoken(name) not in terms(glossary)]


def test_every_aggregate_is_a_word_of_the_glossary() -> None:
    glossary = GLOSSARY.read_text("utf-8")
    found = modules("services/*/src/*/domain/*.py")

    assert [name for module in found for name in unexplained(module, glossary)] == []
    assert sum(len(aggregates(module)) for module in found) >= 5


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
        ("class Ledger(Aggregate): ...", ["crm_loyalty.domain.x.Ledger"]),
        ("class Lot: ...", []),
    ],
)
def test_an_aggregate_without_both_of_its_names_is_caught(source: str, names: list[str]) -> None:
    module = Module("crm_loyalty.domain.x", source)

    assert unexplained(module, A_GLOSSARY) == names
