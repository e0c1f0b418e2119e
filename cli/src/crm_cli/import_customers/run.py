"""The import of a file, from its first row to the report."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crm_cli.client import CrmClient, Touchpoint
from crm_cli.import_customers.checking import Candidate, RowChecker
from crm_cli.import_customers.mapping import Columns, MappingFile
from crm_cli.import_customers.reading import CustomersFile, open_customers_file
from crm_cli.import_customers.rejects import RejectsFile
from crm_cli.import_customers.sending import BatchSender, Counts
from crm_cli.options import Encoding
from crm_contacts.customers import BATCH

Progress = Callable[[int, int], None]
Take = Callable[[Sequence[Candidate]], Awaitable[None]]


@dataclass(frozen=True)
class Report:
    """The result of an import."""

    file: Path
    counts: Counts
    rejects: Path | None
    columns: Columns
    dry_run: bool
    looked_up: bool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs; `known` is null where nobody could be looked up."""
        counted = asdict(self.counts)
        return {
            "file": str(self.file),
            "dry_run": self.dry_run,
            **counted,
            "known": counted["known"] if self.looked_up else None,
            "rejects": str(self.rejects) if self.rejects else None,
            "ignored_columns": self.columns.ignored,
            "seconds": round(self.seconds, 1),
        }


async def import_customers(
    path: Path,
    *,
    mapping: MappingFile,
    encoding: Encoding,
    client: CrmClient | None,
    by: Touchpoint,
    language: str,
    dry_run: bool = False,
    progress: Progress = lambda done, expected: None,
) -> Report:
    """Check every row, register new customers, hand back rejected rows; a trial (`dry_run`) registers nobody.

    `client` may be missing in a trial: then nobody is looked up. `progress` hears of rows read and rows expected.
    """
    begun, counts = time.monotonic(), Counts()
    with open_customers_file(path, encoding) as file:
        columns = Columns.of(file.headings, mapping)
        with RejectsFile(path, file.headings, encoding=encoding, delimiter=file.delimiter) as rejects:
            sending = BatchSender(client, by, counts, rejects, at=datetime.now(UTC)) if client else None
            take = _trying(sending, counts) if dry_run or sending is None else sending.send
            checking = RowChecker(columns, language)
            await _in_batches(file, checking, counts, rejects, take, progress)
            if sending:
                await sending.finish()
    written = rejects.path if rejects.rows else None
    return Report(path, counts, written, columns, dry_run, client is not None, time.monotonic() - begun)


async def _in_batches(
    file: CustomersFile, checking: RowChecker, counts: Counts, rejects: RejectsFile, take: Take, progress: Progress
) -> None:
    batch: list[Candidate] = []
    for row in file:
        counts.read += 1
        match checking.check(row):
            case Candidate() as candidate:
                batch.append(candidate)
            case reasons:
                counts.rejected += 1
                rejects.add(row.line, row.values, reasons)
        if len(batch) == BATCH:
            await take(batch)
            batch = []
            progress(counts.read, file.rows)
    if batch:
        await take(batch)
    progress(counts.read, counts.read)


def _trying(sending: BatchSender | None, counts: Counts) -> Take:
    """Count who would be registered."""

    async def take(batch: Sequence[Candidate]) -> None:
        counts.acceptable += len(await sending.unknown(batch) if sending else batch)

    return take
