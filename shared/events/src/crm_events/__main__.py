"""`python -m crm_events write | check`: the files that are generated from the events, and whether they are stale."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from crm_events.asyncapi import asyncapi_document
from crm_events.event_catalog import Consumers, event_catalog_markdown
from crm_events.json_schema import JsonObject, event_schemas

PACKAGE = Path(__file__).parent


def generated_files(package: Path) -> Mapping[Path, str]:
    """Return the schemas and the AsyncAPI document that this package folder should contain."""
    files = {package / "schemas" / f"{type}.json": _text(schema) for type, schema in event_schemas().items()}
    files[package / "asyncapi.json"] = _text(asyncapi_document(version("crm-events")))
    return files


def stale_files(files: Mapping[Path, str], package: Path) -> Sequence[Path]:
    """Return the files that are missing, differ from what they should contain, or describe an event that is gone."""
    differing = {path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text}
    forgotten = {path for path in (package / "schemas").glob("*.json") if path not in files}
    return sorted(differing | forgotten)


def write(files: Mapping[Path, str], package: Path) -> None:
    """Bring every stale file up to date and remove the schemas of events that are gone."""
    for path in stale_files(files, package):
        if path not in files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; the exit code is 1 when `check` found stale files, whose names it prints."""
    asked = _command_line().parse_args(arguments)
    files = dict(generated_files(asked.package))
    if asked.catalog is not None:
        files[asked.catalog] = event_catalog_markdown(_consumers(asked.consumers))
    if asked.action == "write":
        write(files, asked.package)
        return 0
    stale = stale_files(files, asked.package)
    for path in stale:
        print(f"stale: {path}", file=sys.stderr)
    return 1 if stale else 0


def _command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crm_events", description=__doc__)
    parser.add_argument("action", choices=("write", "check"))
    parser.add_argument("--package", type=Path, default=PACKAGE, help="folder of schemas/ and asyncapi.json")
    parser.add_argument("--catalog", type=Path, help="the event catalog to write or check, docs/event-catalog.md")
    parser.add_argument("--consumers", type=Path, help='JSON file, {event type: ["service: reader", ...]}')
    return parser


def _consumers(path: Path | None) -> Consumers:
    if path is None:
        return {}
    return {type: frozenset(readers) for type, readers in json.loads(path.read_text("utf-8")).items()}


def _text(document: JsonObject) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
