"""A reader of the rows of a CSV file, each with its line; a broken row does not hide the next one."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm_cli.errors import CliError
from crm_cli.options import Encoding
from crm_eventlog.aggregate import DomainError, LocalizedText

OUR_COLUMNS = ("crm_line", "crm_field", "crm_value", "crm_rule", "crm_hint")
_DELIMITERS = ",;\t"
_CHUNK = 1 << 20


class FileUnreadable(CliError):
    """A file without headings, or in another encoding."""


class ValuesMissingOrTooMany(DomainError, ValueError):
    """A row with more or fewer values than headings."""

    message = LocalizedText("A row has as many values as there are headings.", "每行的值数须与表头列数相同。")
    hint = LocalizedText(
        "Put a text that contains the delimiter in quotation marks.", "若文本中含有分隔符，请用双引号括起来。"
    )


class QuotationUnclear(DomainError, ValueError):
    """A row with a quotation mark that is not closed."""

    message = LocalizedText(
        "A value in quotation marks ends with one, followed by a delimiter.", "引号内的值须以引号结束，其后为分隔符。"
    )
    hint = LocalizedText(
        "Close the quotation mark, and double those within the text.", "请补上引号，文本内的引号请写两个。"
    )


@dataclass(frozen=True)
class Row:
    """A row: the line at which it begins, its values under the headings, and an error of its format."""

    line: int
    values: list[str]
    trouble: DomainError | None = None


@dataclass
class CustomersFile:
    """An open file; `rows` estimates their number by the lines."""

    headings: list[str]
    rows: int
    delimiter: str
    _reader: "_Records"
    _ours: int = 0

    def __iter__(self) -> Iterator[Row]:
        for line, values in self._reader:
            if isinstance(values, DomainError):
                yield Row(line, [""] * len(self.headings), values)
            elif any(value.strip() for value in values):
                yield self._row(line, values)

    def _row(self, line: int, values: list[str]) -> Row:
        wanted = len(self.headings)
        if len(values) == wanted + self._ours:
            return Row(line, values[:wanted])
        surplus = self.delimiter.join(values[wanted + self._ours :])
        padded = [*values, *[""] * wanted][:wanted]
        return Row(line, padded, ValuesMissingOrTooMany("row", surplus or f"{len(values)} of {wanted}"))


@contextmanager
def open_customers_file(path: Path, encoding: Encoding) -> Iterator[CustomersFile]:
    """Check the encoding of the whole file and yield it with its headings read, or raise `FileUnreadable`."""
    lines = _checked(path, encoding)
    with path.open(encoding=_codec(encoding), newline="") as text:
        first = text.readline()
        delimiter = Counter(letter for letter in first if letter in _DELIMITERS).most_common(1)
        text.seek(0)
        records = _Records(_Lines(text), delimiter[0][0] if delimiter else ",")
        _, headings = next(records, (1, []))
        if isinstance(headings, DomainError) or not any(heading.strip() for heading in headings):
            raise FileUnreadable(f"{path} has no headings in its first line")
        ours = len(OUR_COLUMNS) if tuple(headings[-len(OUR_COLUMNS) :]) == OUR_COLUMNS else 0
        yield CustomersFile(headings[: len(headings) - ours], max(0, lines - 1), records.delimiter, records, ours)


def _codec(encoding: Encoding) -> str:
    return "utf-8-sig" if encoding is Encoding.UTF_8 else encoding.value


def _checked(path: Path, encoding: Encoding) -> int:
    """Return the number of lines, all of which can be decoded."""
    with path.open("rb") as raw:
        mark = raw.read(4)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileUnreadable(f"{path} is written in UTF-16: save it as CSV in UTF-8")
    if mark.startswith(codecs.BOM_UTF8) and encoding is not Encoding.UTF_8:
        raise FileUnreadable(f"{path} is written in UTF-8, it begins with its mark: leave out --encoding")
    lines, last = 0, "\n"
    try:
        with path.open(encoding=_codec(encoding)) as text:
            while chunk := text.read(_CHUNK):
                lines, last = lines + chunk.count("\n"), chunk[-1]
    except UnicodeDecodeError:
        other = next(each for each in Encoding if each is not encoding)
        raise FileUnreadable(
            f"{path} is not written in {encoding} (soon after line {lines + 1}): try --encoding {other}"
        ) from None
    return lines + (last != "\n")


class _Lines:
    """The lines of a text, with those that were taken since the list was last cleared."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.taken.append(line)
        return line


class _Records:
    """The records of the CSV reader: the line at which each begins, and its values or its error."""

    def __init__(self, lines: _Lines, delimiter: str) -> None:
        self._lines, self.delimiter = lines, delimiter
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str] | DomainError]]:
        return self

    def __next__(self) -> tuple[int, list[str] | DomainError]:
        line = self._reader.line_num + 1
        self._lines.taken.clear()
        try:
            return line, next(self._reader)
        except csv.Error:
            return line, QuotationUnclear("row", "".join(self._lines.taken).rstrip("\r\n"))
