"""Names in the stores and on the wire: what was used once keeps its name, wherever its class stands."""

import json

import pytest

from crm_events import PUBLISHERS
from tools import names

KEPT = json.loads(names.NAMES.read_text("utf-8"))
# What has an alias since reads under its new name; none has so far.
ALIASES: dict[str, str] = {}


@pytest.mark.parametrize("service", PUBLISHERS)
@pytest.mark.parametrize("kind", ["events", "facts", "commands"])
def test_a_name_that_was_used_once_is_used_for_ever(kind: str, service: str) -> None:
    assert KEPT[kind][service], "nothing is kept"
    assert [name for name in KEPT[kind][service] if name not in names.in_use()[kind][service]] == [*ALIASES]


@pytest.mark.parametrize("service", PUBLISHERS)
def test_a_name_that_is_new_is_kept(service: str) -> None:
    kept, now = ({kind: by[service] for kind, by in each.items()} for each in (KEPT, names.in_use()))

    assert {kind: sorted(new) for kind, new in now.items()} == {kind: sorted(old) for kind, old in kept.items()}


def test_48_events_48_facts_and_50_commands_are_kept_at_least() -> None:
    counts = {kind: sum(map(len, by_service.values())) for kind, by_service in KEPT.items()}

    assert all(counts[kind] >= least for kind, least in {"events": 48, "facts": 48, "commands": 50}.items()), counts
