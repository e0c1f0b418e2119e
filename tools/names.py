"""Names that never change once they are used: event types on the wire, facts and commands in the stores."""

import json
from collections.abc import Mapping
from pathlib import Path

from crm_eventlog.application import registry_of
from crm_events import EVENTS, PUBLISHERS
from tests.contracts.facts import mapper
from tests.contracts.listening import services

NAMES = Path(__file__).parents[1] / "tests" / "contracts" / "released" / "names.json"
Names = dict[str, dict[str, list[str]]]


def in_use() -> Names:
    """Return the names that the code uses now, by service."""
    of_facts = {service: mapper(service).classes for service in PUBLISHERS}
    of_commands = {service: registry_of(services()[service].handlers) for service in PUBLISHERS}
    return {
        "events": {service: [type for type in EVENTS if type.split(".")[1] == service] for service in PUBLISHERS},
        "facts": {
            service: sorted(name for name in names if not name.endswith(".Created"))
            for service, names in of_facts.items()
        },
        "commands": {service: sorted(command.__name__ for command in taken) for service, taken in of_commands.items()},
    }


def files() -> Mapping[Path, str]:
    """Return the list with the names that are new; a name that was used once stays in it for ever."""
    kept: Names = json.loads(NAMES.read_text("utf-8")) if NAMES.exists() else {}
    now = in_use()
    merged = {
        kind: {service: sorted({*kept.get(kind, {}).get(service, []), *names}) for service, names in by_service.items()}
        for kind, by_service in now.items()
    }
    return {NAMES: json.dumps(merged, indent=1) + "\n"}
