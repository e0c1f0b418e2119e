"""The sources of the project as the rules see them: modules, what they import, and where they lie."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = tuple(sorted(path.parent.name for path in (ROOT / "services").glob("*/pyproject.toml")))
SHARED = ("chassis", "eventlog", "events", "history", "kernel")
SERVICE_PACKAGES = frozenset(f"crm_{service}" for service in SERVICES)


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its text and, where it lies in the project, its path from the root."""

    name: str
    source: str
    path: Path = Path("offender.py")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def package(self) -> str:
        """Return the distribution's package: `crm_support` of `crm_support.cases.case`."""
        return self.name.partition(".")[0]

    @property
    def part(self) -> str:
        """Return the part of the package: `cases` of `crm_support.cases.case`, nothing of `crm_support` itself."""
        return ".".join(self.name.split(".")[1:2])

    def imports(self) -> frozenset[str]:
        """Return all that is imported anywhere in the module, by name: `crm_events.support.CaseResolved`."""
        return self._imported

    @cached_property
    def _imported(self) -> frozenset[str]:
        return frozenset(_imported(self.tree))

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Return every node of these kinds, wherever it stands."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                yield from (f"{'.' * level}{module or ''}.{alias.name}" for alias in names)


def within(name: str, *prefixes: str) -> bool:
    """Tell if a dotted name is one of these or lies below one of them."""
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


@cache
def module_at(path: Path) -> Module:
    """Return the module in a file of the project; below `src` its name is what Python calls it."""
    relative = path.relative_to(ROOT)
    parts = list(relative.with_suffix("").parts)
    named = parts[parts.index("src") + 1 :] if "src" in parts else parts
    name = ".".join(named[:-1] if named[-1] == "__init__" else named)
    return Module(name=name, source=path.read_text("utf-8"), path=relative)


def modules(*patterns: str) -> list[Module]:
    """List every module whose file matches one of these patterns; a pattern that finds none is a mistake."""
    found = {pattern: sorted(ROOT.glob(pattern)) for pattern in patterns}
    barren = [pattern for pattern, paths in found.items() if not paths]
    assert not barren, f"no file matches {barren}: the rule would check nothing"
    return [module_at(path) for paths in found.values() for path in paths if "migrations" not in path.parts]


def shipped() -> list[Module]:
    """List the modules that are installed and run."""
    return modules("shared/*/src/**/*.py", "services/*/src/**/*.py", "deploy/**/src/**/*.py", "cli/src/**/*.py")


def suites() -> list[Module]:
    """List the modules that only test and measure."""
    return modules("*/*/tests/**/*.py", "tests/**/*.py")
