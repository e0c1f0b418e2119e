"""The `__init__` of each publisher's package of events: it offers the events, values and words of its modules.

    python -m tools.packages [--check]

It reads the sources and imports none of them, so that an event that was just written is offered at once.
"""

import ast
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "shared" / "events" / "src" / "crm_events"


def files() -> Mapping[Path, str]:
    """Return the `__init__` of every package, its docstring as it is."""
    return {
        path: _offering(path)
        for path in sorted(EVENTS.glob("*/__init__.py"))
        if (path.parent / "vocabulary.py").exists()
    }


def _offering(path: Path) -> str:
    before = path.read_text("utf-8")
    docstring = ast.get_docstring(ast.parse(before), clean=False)
    offered = {
        module.stem: names
        for module in sorted(path.parent.glob("[a-z]*.py"))
        if (names := _classes(module.read_text("utf-8")))
    }
    imports = [_import(f"crm_events.{path.parent.name}.{module}", names) for module, names in offered.items()]
    everything = sorted(name for names in offered.values() for name in names)
    listed = "".join(f'    "{name}",\n' for name in everything)
    return f'"""{docstring}"""\n\n' + "\n".join(imports) + f"\n\n__all__ = [\n{listed}]\n"


def _classes(source: str) -> list[str]:
    """Return the public classes that a module defines."""
    return sorted(
        node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def _import(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 120:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def main(arguments: Sequence[str]) -> int:
    """Write them, or with --check only look; 1 when one is stale."""
    stale = [path for path, text in files().items() if path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"stale: {path.relative_to(ROOT)}; `make contracts` writes it again", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(files()[path], "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
