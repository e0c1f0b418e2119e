"""The Parquet format of an export."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from crm_cli.errors import CliError, ExitCode
from crm_eventlog.audit import ExportedEvent

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as missing:

    class ParquetMissing(CliError):
        """The library for Parquet, which is not installed."""

        code = ExitCode.UNCLEAR

    raise ParquetMissing("Parquet needs pyarrow: pip install 'crm-cli[parquet]', or use --format ndjson") from missing

_MOMENTS = ("time", "recordedtime")
_TEXTS = (
    *("id", "source", "type", "subject", "dataschema", "partitionkey", "sequence", "correlationid", "causationid"),
    *("actor", "role", "store", "channel", "traceparent"),
)
_SCHEMA = pa.schema(
    [
        ("part", pa.int32()),
        ("pos", pa.int64()),
        *((name, pa.timestamp("us", tz="UTC")) for name in _MOMENTS),
        *((name, pa.string()) for name in _TEXTS),
        ("data", pa.string()),
        ("prev_hash", pa.binary(32)),
        ("hash", pa.binary(32)),
    ]
)
_GROUP = 20_000


class ParquetWriter:
    """A writer of rows, each a CloudEvent with its data as JSON; a group of rows is in memory at a time."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetWriter(path, _SCHEMA, compression="zstd")
        self._waiting: list[dict[str, object]] = []

    def write(self, events: Sequence[ExportedEvent]) -> None:
        self._waiting.extend(map(_row, events))
        if len(self._waiting) >= _GROUP:
            self._write_group()

    def close(self) -> None:
        self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        self._file.write_table(pa.Table.from_pylist(self._waiting, schema=_SCHEMA))
        self._waiting = []


def _row(event: ExportedEvent) -> dict[str, object]:
    attributes = event.attributes
    return {
        **{name: attributes.get(name) for name in _TEXTS},
        **{name: datetime.fromisoformat(attributes[name]) for name in _MOMENTS},
        "part": event.part,
        "pos": event.pos,
        "data": event.record.value.decode(),
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }
