"""The file of rejected rows with reasons and remedies, which can be corrected and imported."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from crm_cli.import_customers.reading import OUR_COLUMNS
from crm_cli.options import Encoding
from crm_eventlog.aggregate import DomainError


@dataclass(frozen=True)
class Reason:
    """A rule that a row breaks, in the reader's language."""

    field: str
    value: str
    rule: str
    hint: str

    @classmethod
    def of(cls, refused: DomainError, language: str) -> Self:
        """Return the reason of a domain error."""
        value = "" if refused.value is None else str(refused.value)
        return cls(refused.field, value, refused.message.in_language(language), refused.hint.in_language(language))

    @classmethod
    def of_violation(cls, violation: Mapping[str, Any], *, inside: str) -> Self:
        """Return the reason of a service's violation about a row, which was at `inside` in the command."""
        value = "" if violation["value"] is None else str(violation["value"])
        field = str(violation["field"]).removeprefix(inside).lstrip(".")
        return cls(field or "row", value, violation["rule"], violation["hint"])


class RejectsFile:
    """The file of rejects, created with the first rejected row; the file of an earlier import is removed."""

    def __init__(self, beside: Path, headings: Sequence[str], *, encoding: Encoding, delimiter: str) -> None:
        self.path = beside.with_suffix(".rejects.csv")
        self.rows = 0
        self._headings, self._delimiter = headings, delimiter
        # With its mark, Excel reads UTF-8 as UTF-8.
        self._codec = "utf-8-sig" if encoding is Encoding.UTF_8 else encoding.value
        self._open = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, line: int, values: Sequence[str], reasons: Iterable[Reason]) -> None:
        """Add a row as it stood, with every reason at its end."""
        if self._writer is None:
            file = self._open.enter_context(self.path.open("w", encoding=self._codec, newline=""))
            self._writer = csv.writer(file, delimiter=self._delimiter)
            self._writer.writerow([*self._headings, *OUR_COLUMNS])
        rows = [(each.field, each.value, each.rule, each.hint) for each in reasons]
        together = [" | ".join(dict.fromkeys(texts)) for texts in zip(*rows, strict=True)]
        self._writer.writerow([*values, line, *together])
        self.rows += 1
