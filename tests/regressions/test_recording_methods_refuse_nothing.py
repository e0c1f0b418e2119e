"""A body under @event runs again on every replay, guards included; so ours refuse nothing, they write down."""

import ast
from collections.abc import Iterator
from functools import reduce

import pytest
from eventsourcing.domain import Aggregate, event

from tests.architecture.slices import domain_of
from tests.architecture.sources import SERVICES, Module


class TightenedRule(Exception):
    """A rule that forbids today what it allowed yesterday."""


class Account(Aggregate):
    """An account whose rule is in the wrong place."""

    class Spent(Aggregate.Event):
        amount: int

    limit = 100

    def __init__(self) -> None:
        self.spent = 0

    @event(Spent)
    def spend(self, amount: int) -> None:
        if amount > self.limit:
            raise TightenedRule
        self.spent += amount


def test_a_guard_under_event_makes_an_old_stream_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account()
    account.spend(80)
    history = account.collect_events()
    monkeypatch.setattr(Account, "limit", 50)

    with pytest.raises(TightenedRule):
        reduce(lambda copy, fact: fact.mutate(copy), history, None)


def recorders(module: Module) -> Iterator[ast.FunctionDef]:
    """Yield the methods under @event."""
    for method in methods(module).values():
        called = (mark.func if isinstance(mark, ast.Call) else mark for mark in method.decorator_list)
        if any(ast.unparse(mark).rpartition(".")[2] == "event" for mark in called):
            yield method


def methods(module: Module) -> dict[str, ast.FunctionDef]:
    """Return every method of a module by its class and name."""
    classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    return {
        f"{kind.name}.{node.name}": node for kind in classes for node in kind.body if isinstance(node, ast.FunctionDef)
    }


def decisions(module: Module) -> list[str]:
    """Find where a method under @event, or one that it calls, decides something."""
    known = methods(module)
    found = []
    for method in recorders(module):
        helpers = [known[name] for name in known if name.rpartition(".")[2] in called_on_self(method)]
        for each in (method, *helpers):
            found += [f"{module.name}.{each.name}, line {node.lineno}: {type(node).__name__}" for node in guards(each)]
    return found


def called_on_self(method: ast.FunctionDef) -> set[str]:
    """Return the methods of its own that a method calls."""
    calls = (node.func for node in ast.walk(method) if isinstance(node, ast.Call))
    return {call.attr for call in calls if isinstance(call, ast.Attribute) and ast.unparse(call.value) == "self"}


def guards(method: ast.FunctionDef) -> Iterator[ast.stmt | ast.expr]:
    """Find what refuses, and what asks for more than the fact itself says: it may be another tomorrow."""
    told = {argument.arg for argument in (*method.args.args, *method.args.kwonlyargs)} - {"self"}
    for node in (node for statement in method.body for node in ast.walk(statement)):
        match node:
            case ast.Raise() | ast.Assert() | ast.Try():
                yield node
            case ast.If(test=asked) | ast.IfExp(test=asked) | ast.While(test=asked) | ast.Match(subject=asked):
                if {name.id for name in ast.walk(asked) if isinstance(name, ast.Name)} - told:
                    yield node


def test_what_records_a_fact_decides_nothing() -> None:
    domain = [module for service in SERVICES for module in domain_of(service)]

    assert [line for module in domain for line in decisions(module)] == []
    assert sum(1 for module in domain for _ in recorders(module)) >= 30


@pytest.mark.parametrize(
    "body",
    [
        "if self.closed:\n            raise CaseClosed",
        "assert not self.closed",
        "self.desk = desk if desk in DESKS else 'front'",
        "match self.state:\n            case 'open': self.desk = desk",
        "self._refuse_closed()",
    ],
)
def test_a_guard_under_event_is_caught(body: str) -> None:
    refusing = "    def _refuse_closed(self):\n        raise CaseClosed\n"
    offender = f"class Case:\n{refusing}    @event('Moved')\n    def _moved(self, desk):\n        {body}"

    assert decisions(Module("crm_x.domain.case", offender)) != []


def test_asking_which_of_its_fields_a_fact_has_is_no_guard() -> None:
    body = "if desk is not None:\n            self.desk = desk"
    records = f"class Case:\n    @event('Moved')\n    def _moved(self, desk):\n        {body}"

    assert decisions(Module("crm_x.domain.case", records)) == []


def test_a_guard_where_it_belongs_passes() -> None:
    decides = (
        "class Case:\n    def move(self):\n        if self.closed:\n            raise CaseClosed\n        self._moved()"
    )

    assert decisions(Module("crm_x.domain.case", decides)) == []
