"""Loads the mutated source of one module instead of its own, in a trial and in every process it starts."""

import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

VARIABLE = "CRM_MUTANT"


class Mutated(SourceFileLoader):
    """The module's own loader, but for the text."""

    text: str

    def get_code(self, fullname: str) -> CodeType:
        """Compile the mutated text under the name of the file."""
        code: CodeType = compile(self.text, self.get_filename(fullname), "exec", dont_inherit=True)
        return code


class OneModule(MetaPathFinder):
    """Finds one file, mutated; every other module is found as always."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.stem = Path(path).parent.name if path.endswith("__init__.py") else Path(path).stem

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give the module another loader when it lies in the mutated file."""
        if fullname.rpartition(".")[2] != self.stem:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None or not Path(spec.origin).samefile(self.path):
            return None
        loader = Mutated(fullname, spec.origin)
        loader.text = self.text
        spec.loader, spec.cached = loader, None
        return spec


def begin(change: str) -> None:
    """Take the change in: a JSON file with `path` and `text`."""
    read = json.loads(Path(change).read_text("utf-8"))
    sys.meta_path.insert(0, OneModule(read["path"], read["text"]))


if VARIABLE in os.environ:
    begin(os.environ[VARIABLE])
