"""`python -m tests.contracts.keep`: keep what is new - the shape and a record of every event, and a stored fact.

Lines are only added. What would break an earlier promise is not kept: it is named, with the way out.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from crm_eventlog.store.event_store import partition_of
from crm_events import EVENTS, parse
from crm_events.catalog import VERSIONS
from crm_events.json_schema import JsonObject, event_schemas
from tests.contracts import facts
from tests.contracts.compatibility import Incompatibility, incompatibilities, is_upcast
from tests.contracts.promises import RELEASED, Kept, Sample, add, histories, latest, name_of, story, stream_of
from tests.contracts.schema_diff import same_schema

GOLDEN = Path(__file__).parents[2] / "shared" / "events" / "tests" / "golden"
COMMAND = "python -m tests.contracts.keep"
PARTITIONS = 4


def broken(now: Mapping[str, JsonObject] | None = None, folder: Path = RELEASED) -> list[Incompatibility]:
    """Return the promises of any release that today no longer keeps."""
    kept = histories(folder)
    upcast = {type for type in kept if is_upcast(type, VERSIONS)}
    schemas = {type: each.schemas for type, each in kept.items()}
    return incompatibilities(schemas, event_schemas() if now is None else now, upcast)


def not_kept(now: Mapping[str, JsonObject] | None = None, folder: Path = RELEASED) -> list[str]:
    """Return the types whose shape of today has no line yet."""
    kept = histories(folder)
    today = event_schemas() if now is None else now
    return [
        type
        for type, schema in today.items()
        if type not in kept or not same_schema(kept[type].schemas[-1].schema, schema)
    ]


def keep_events(release: str, folder: Path = RELEASED) -> Iterator[str]:
    """Add a line for every shape that has none: the golden payload, where the story of the records so far has it."""
    for type in not_kept(folder=folder):
        record = _record(type, json.loads((GOLDEN / f"{type}.json").read_text("utf-8")), folder)
        parse(type, record.value)
        add(Kept(release, record, event_schemas()[type]), folder)
        yield type


def _record(type: str, golden: dict[str, Any], folder: Path) -> Sample:
    before = latest(name_of(type), folder)
    content = _as_before(golden, before[0].content) if before else golden
    value = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    place = dict(before[0].headers) if before else _next_place(type, content, folder)
    named = {"ce_type": type, "ce_dataschema": f"urn:crm:events:{type}"}
    return Sample(before[0].key if before else place["ce_partitionkey"], value, {**place, **named})


def _as_before(golden: Any, before: Any) -> Any:
    """Return the golden payload with the values of the record before it: the story keeps its people and things."""
    if isinstance(golden, dict) and isinstance(before, dict):
        return {name: _as_before(each, before[name]) if name in before else each for name, each in golden.items()}
    if isinstance(golden, list) and isinstance(before, list) and golden and before:
        return [_as_before(golden[min(number, len(golden) - 1)], each) for number, each in enumerate(before)]
    return before if type(golden) is type(before) else golden


def _next_place(type: str, content: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Return the headers of a record that comes after everything that was kept, like those before it."""
    last = story(0, folder)[-1].headers
    at = datetime.fromisoformat(last["ce_time"]) + timedelta(minutes=1)
    key = content.get("customer_id", str(stream_of(content)))
    part = partition_of(UUID(key), PARTITIONS)
    source = EVENTS[type].PUBLISHER
    records = [line.record for history in histories(folder).values() for line in history.lines]
    places = [each.position[1] for each in records if each.headers["ce_source"] == source and each.position[0] == part]
    return {
        **last,
        "ce_id": str(uuid5(UUID(int=4), type)),
        "ce_source": source,
        "ce_subject": str(stream_of(content)),
        "ce_sequence": "1",
        "ce_time": at.isoformat().replace("+00:00", "Z"),
        "ce_recordedtime": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "ce_partitionkey": key,
        "ce_position": f"{part}:{max(places, default=0) + 1}",
    }


def main(arguments: Sequence[str] | None = None, *, events: Path = RELEASED, stored: Path = facts.RELEASED) -> int:
    """Keep what is new and name it; 1 and nothing kept when a promise is broken."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--release", default=version("crm-events"), help="the release the new lines belong to")
    asked = parser.parse_args(arguments)
    if found := [*map(str, broken(folder=events)), *facts.unreadable(folder=stored)]:
        print("\n".join(found), file=sys.stderr)
        return 1
    for new in (*keep_events(asked.release, events), *facts.keep(asked.release, stored)):
        print(f"kept: {new}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
