"""Mutants of a source file: mutmut's operators, and a few for queries and guards, on every line that has a meaning."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tools.mutants.parts import ROOT

Operator = Callable[[cst.CSTNode], Iterable[cst.CSTNode]]

# Links of a query that may be left out: which rows, in which order, how many.
LINKS = frozenset({"where", "filter", "having", "order_by", "group_by", "limit", "offset", "distinct", "desc", "asc"})
# Calls that say nothing about behaviour: how tables look is held by migrations and rebuilds, logs are for people.
SILENT = frozenset({"Table", "Column", "Index", "TypeVar", "NewType", "cast", "dataclass", "get_logger", "getLogger"})
LOGS = re.compile(r"^_?log(ger)?$")
PROSE = re.compile(r"\s|[^\x00-\x7f]")
SILENT_NODES = (
    cst.Annotation,
    cst.Import,
    cst.ImportFrom,
    cst.TypeAlias,
    cst.ConcatenatedString,
    cst.FormattedStringText,
)
# The operator of a change that somebody chose: text for text.
CHOSEN = "chosen"
CACHES = frozenset({"cache", "lru_cache", "functools.cache", "functools.lru_cache"})
# What only documents of the interface say.
DOCUMENTATION = frozenset({"description", "summary", "title", "examples", "tags"})
# A read model of another version is built anew from the log and swapped: what it shows is the same.
REBUILT = ("ReadModel", "version")
# Without a name, an event has that of the method.
NAMED_BY_METHOD = "event"
# One way to spoil a string is enough: the first of mutmut's three.
ONE_OF_EACH = frozenset({"operator_string"})


@dataclass(frozen=True)
class Mutant:
    """One change: where, in which function, what stood there and what stands there instead.

    `first` and `last` are the lines of the changed expression, `statement` those of the statement around it. `once` is
    true where a cache lets only the first caller run it, so that no context tells who else depends on it.
    `of_statement` is the digest of the statement where there is no function: two constants may be changed in one way.
    """

    path: Path
    function: str
    first: int
    last: int
    statement: tuple[int, int]
    operator: str
    before: str
    after: str
    nth: int
    of_function: str
    once: bool = False
    of_statement: str = ""

    @cached_property
    def key(self) -> str:
        """Return a key that stays as long as the function around it and the change in it are the same."""
        words = (str(self.path), self.function, self.of_function, self.operator, self.before, self.after)
        return sha256("\0".join((*words, str(self.nth))).encode()).hexdigest()[:20]

    @property
    def in_function(self) -> bool:
        """Tell if it runs when called, not when the module is imported."""
        return bool(self.of_function)


@dataclass
class Source:
    """A parsed file, its mutants, and the text of each mutated one."""

    path: Path

    @cached_property
    def _wrapped(self) -> MetadataWrapper:
        return MetadataWrapper(cst.parse_module((ROOT / self.path).read_text("utf-8")), unsafe_skip_copy=True)

    @cached_property
    def _found(self) -> "list[tuple[Mutant, cst.CSTNode, cst.CSTNode]]":
        visitor = _Visitor(self.path, self._wrapped.module)
        self._wrapped.visit(visitor)
        return visitor.found

    def mutants(self) -> list[Mutant]:
        """Return every mutant, in the order of the file."""
        return [mutant for mutant, _, _ in self._found]

    def text(self, mutant: Mutant) -> str:
        """Return the file with this one change."""
        if mutant.operator == CHOSEN:
            return (ROOT / self.path).read_text("utf-8").replace(mutant.before, mutant.after)
        for each, old, new in self._found:
            if each == mutant:
                return cst.ensure_type(self._wrapped.module.deep_replace(old, new), cst.Module).code
        raise LookupError(f"{mutant.path}:{mutant.first} has no such mutant any longer")


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, path: Path, module: cst.Module) -> None:
        super().__init__()
        self.path, self.module = path, module
        self.found: list[tuple[Mutant, cst.CSTNode, cst.CSTNode]] = []
        self._names: list[str] = []
        self._functions: list[str] = []
        self._once: list[bool] = []
        self._statements: list[cst.CSTNode] = []
        self._seen: dict[tuple[str, ...], int] = {}
        self._rebuilt: list[cst.Arg] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _says_nothing(node) or node in self._rebuilt:
            return False
        if isinstance(node, cst.Call):
            self._rebuilt += _rebuilt(node)
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            self._functions.append(self._digest(node))
            self._once.append(any(self._code(each.decorator).partition("(")[0] in CACHES for each in node.decorators))
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            self._statements.append(node)
        for name, operator in _operators_for(node):
            for after in list(operator(node))[: 1 if name in ONE_OF_EACH else None]:
                self._add(name, node, after)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if _says_nothing(original_node) or original_node in self._rebuilt:
            return
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()
        if isinstance(original_node, cst.FunctionDef):
            self._functions.pop()
            self._once.pop()
        if isinstance(original_node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            self._statements.pop()

    def _add(self, operator: str, node: cst.CSTNode, after: cst.CSTNode) -> None:
        was, becomes = self._code(node), self._code(after)
        if was == becomes or (operator == "operator_assignment" and not self._functions):
            return
        if isinstance(node, cst.Call) and isinstance(after, cst.Call) and _same_in_effect(node, after):
            return
        function = ".".join(self._names)
        of_function = self._functions[0] if self._functions else ""
        words = (function, of_function, operator, was, becomes)
        nth = self._seen[words] = self._seen.get(words, -1) + 1
        lines, once = self._lines(node), any(self._once)
        around = self._statements[-1] if self._statements else node
        of_statement = "" if of_function else self._digest(around)
        place = (*lines, self._lines(around))
        mutant = Mutant(self.path, function, *place, operator, was, becomes, nth, of_function, once, of_statement)
        self.found.append((mutant, node, after))

    def _lines(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self.get_metadata(PositionProvider, node)
        return place.start.line, place.end.line

    def _digest(self, node: cst.CSTNode) -> str:
        return sha256(self._code(node).encode()).hexdigest()

    def _code(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node).strip()


def _says_nothing(node: cst.CSTNode) -> bool:
    """Tell if it is a type, an import, prose or a document: a change there does not change what the code does."""
    match node:
        case cst.SimpleString(value=value):
            return bool(PROSE.search(value)) or value.startswith(('"""', "'''"))
        case cst.Arg(keyword=cst.Name(value=name)):
            return name in DOCUMENTATION
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return name.startswith("__")
        case cst.Call(func=function):
            return _is_silent(function)
        case cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString()) | cst.If(test=cst.Name("TYPE_CHECKING")):
            return True
    return isinstance(node, SILENT_NODES)


def _is_silent(function: cst.BaseExpression) -> bool:
    match function:
        case cst.Name(value=name):
            return name in SILENT
        case cst.Attribute(value=cst.Name(value=of), attr=cst.Name(value=name)):
            return name in SILENT or LOGS.match(of) is not None
    return False


def _same_in_effect(call: cst.Call, after: cst.Call) -> bool:
    """Tell if only a document, the version of a read model, or the name that an event has anyway is changed."""
    if _documented(call) != _documented(after) or _values(_rebuilt(call)) != _values(_rebuilt(after)):
        return True
    return isinstance(call.func, cst.Name) and call.func.value == NAMED_BY_METHOD and _is_none(after.args)


def _documented(call: cst.Call) -> list[cst.BaseExpression]:
    return [each.value for each in call.args if each.keyword is not None and each.keyword.value in DOCUMENTATION]


def _rebuilt(call: cst.Call) -> list[cst.Arg]:
    named, keyword = REBUILT
    if not (isinstance(call.func, cst.Name) and call.func.value == named):
        return []
    return [each for each in call.args if each.keyword is not None and each.keyword.value == keyword]


def _values(arguments: Iterable[cst.Arg]) -> list[cst.BaseExpression]:
    return [each.value for each in arguments]


def _is_none(arguments: Sequence[cst.Arg]) -> bool:
    return [each.value.value for each in arguments if isinstance(each.value, cst.Name)] == ["None"]


def _operators_for(node: cst.CSTNode) -> Iterator[tuple[str, Operator]]:
    for kind, operator in (*mutation_operators, *OURS):
        if isinstance(node, kind):
            yield operator.__name__, operator


def leave_out_a_link(node: cst.Call) -> Iterable[cst.CSTNode]:
    """Leave out one link of a query: `rows.where(x)` becomes `rows`, `day.desc()` becomes `day`."""
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in LINKS:
        yield node.func.value


def force_a_condition(node: cst.If) -> Iterable[cst.CSTNode]:
    """Skip the body of an `if`: a guard that guards nothing."""
    yield node.with_changes(test=cst.Name("False"), whitespace_before_test=cst.SimpleWhitespace(" "))


def take_everything(node: cst.CompIf) -> Iterable[cst.CSTNode]:
    """Filter nothing in a comprehension."""
    yield node.with_changes(test=cst.Name("True"), whitespace_before_test=cst.SimpleWhitespace(" "))


OURS: tuple[tuple[type, Callable[..., Iterable[cst.CSTNode]]], ...] = (
    (cst.Call, leave_out_a_link),
    (cst.If, force_a_condition),
    (cst.CompIf, take_everything),
)
