"""An export: a file for every service and a manifest, complete or not there at all."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from crm_cli.errors import CliError
from crm_cli.stores import report_damage, translator_of
from crm_eventlog.audit import Export, ExportedEvent, ExportRequest
from crm_eventlog.columns import instant_text
from crm_eventlog.store import EventStore

MANIFEST = "manifest.json"
Progress = Callable[[int, int], None]


class ExportStands(CliError):
    """A folder that exists already: an export is never written over another."""


class Writer(Protocol):
    """A writer of the events of one service in one format."""

    def write(self, events: Sequence[ExportedEvent]) -> None: ...

    def close(self) -> None: ...


class NdjsonWriter:
    """A writer of lines, each a CloudEvent in structured mode."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")

    def write(self, events: Sequence[ExportedEvent]) -> None:
        self._file.writelines(each.as_json() + b"\n" for each in events)

    def close(self) -> None:
        self._file.close()


def writer_of(form: str) -> Callable[[Path], Writer]:
    """Return the writer of a format."""
    if form == "ndjson":
        return NdjsonWriter
    from crm_cli.audit.export.parquet import ParquetWriter

    return ParquetWriter


def export(
    stores: Mapping[str, EventStore], asked: ExportRequest, *, form: str, out: Path, progress: Progress
) -> dict[str, Any]:
    """Write the export to a new folder, and return its manifest; an error leaves nothing behind."""
    if out.exists():
        raise ExportStands(f"{out} exists already, and an export is never written over another: name a new --out")
    make = writer_of(form)
    unfinished = out.with_name(f"{out.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        with report_damage():
            manifest = _written(stores, asked, form, unfinished, make, progress)
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
        unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return manifest


def _written(
    stores: Mapping[str, EventStore],
    asked: ExportRequest,
    form: str,
    folder: Path,
    make: Callable[[Path], Writer],
    progress: Progress,
) -> dict[str, Any]:
    exports = {name: Export(store, translator_of(name), asked) for name, store in stores.items()}
    expected, done = sum(each.expected() for each in exports.values()), 0

    def advance(looked_at: int) -> None:
        nonlocal done
        done += looked_at
        progress(done, max(done, expected))

    progress(0, expected)
    services = {}
    for name, each in exports.items():
        path = folder / f"{name}.{form}"
        writer = make(path)
        try:
            for events in each.pages(advance):
                writer.write(events)
        finally:
            writer.close()
        services[name] = _manifest_entry(each, path)
    totals = {name: sum(counts[name] for counts in services.values()) for name in ("facts", "events", "private")}
    return {**_asked(asked, form), **totals, "services": services}


def _asked(asked: ExportRequest, form: str) -> dict[str, Any]:
    moments = {"recorded_from": asked.recorded_from, "recorded_to": asked.recorded_to}
    return {
        "kind": "crm-audit-export",
        "version": 1,
        "made_by": f"crm-cli {version('crm-cli')}",
        "made_at": instant_text(datetime.now(UTC)),
        "format": form,
        "asked": {
            "customer_id": None if asked.partition_key is None else str(asked.partition_key),
            **{name: None if at is None else instant_text(at) for name, at in moments.items()},
        },
    }


def _manifest_entry(each: Export, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    partitions = [tally.summary() for tally in each.tallies]
    totals = {name: sum(counts[name] for counts in partitions) for name in ("facts", "events", "private")}
    return {"file": path.name, "sha256": sha256, "bytes": path.stat().st_size, **totals, "partitions": partitions}
