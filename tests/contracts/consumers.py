"""The page that says who hears which event and looks at which of its fields: `docs/consumers.md`, and as JSON."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from crm_events import EVENTS, PUBLISHERS
from tests.contracts.register import HISTORY, Register

PREFACE = """# Who hears what, and looks at which fields

Written by `make contracts`; change the code, not this file. For programs: `consumers.json`. For one field:

    python -m tools.documents --who crm.support.CaseResolved.v1 waited

A field stands here when the reader's own code was seen looking at it while it took in the corpus of
`tests/contracts/released` and its variants; how, and what that cannot see, is told in
[decision 0027](decisions/0027-nothing-said-becomes-unreadable.md). The history of every service keeps each event about
a customer as it was said, with all of its fields; listed are those that its sentences and the front desk speak of.
"""


def files(register: Register, page: Path) -> Mapping[Path, str]:
    """Return the page and the JSON beside it, and what they should contain."""
    data = json.dumps(register, indent=1, ensure_ascii=False) + "\n"
    return {page: markdown(register), page.with_suffix(".json"): data}


def markdown(register: Register) -> str:
    """Return the page: by publisher each event with its readers, then by service what it receives of whom."""
    return "\n".join([PREFACE, "## By event\n", *_by_event(register), "## By service\n", *_by_service(register)])


def _by_event(register: Register) -> Iterator[str]:
    for publisher in PUBLISHERS:
        yield f"### Said by {publisher}\n\n| event | who hears it | fields |\n| --- | --- | --- |"
        for event in (each for each in EVENTS.values() if publisher == each.PUBLISHER):
            readers = register.get(event.TYPE, {})
            for number, (reader, fields) in enumerate(readers.items()):
                looked_at = ", ".join(f"`{each}`" for each in fields)
                yield f"| {'' if number else f'`{event.TYPE}`'} | {reader} | {looked_at} |"
            if not readers:
                yield f"| `{event.TYPE}` | nobody | |"
        yield ""


def _by_service(register: Register) -> Iterator[str]:
    yield "| service | reader | hears |\n| --- | --- | --- |"
    received: dict[str, list[str]] = {}
    for event in EVENTS.values():
        for reader in register.get(event.TYPE, {}):
            received.setdefault(reader, []).append(f"{event.PUBLISHER}.{event.__name__}")
    for reader, events in sorted(received.items(), key=lambda item: (item[0] != HISTORY, item[0])):
        service, _, name = reader.partition(": ")
        yield f"| {service} | {name} | {', '.join(events)} |"
    yield ""
