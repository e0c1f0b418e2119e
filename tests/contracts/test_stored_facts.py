"""Every fact that was ever stored is read by today's code as it was written."""

import json
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crm_eventlog.aggregate import Aggregate, event
from crm_eventlog.facts import FactMapper
from crm_events import PUBLISHERS
from tests.contracts import facts, keep
from tests.contracts.states import facts_of


class Parcel(Aggregate):
    """Something on its way."""

    class Sent(Aggregate.Created):
        parcel_id: UUID
        to: str

    class Event(Aggregate.Event):
        """One fact in the life of a parcel."""

    @event(Sent)
    def __init__(self, parcel_id: UUID, to: str) -> None:
        self.to = to


class ParcelWithWeight(Aggregate):
    """The same parcel after somebody thought of its weight, and not of the parcels on their way."""

    class Sent(Aggregate.Created):
        parcel_id: UUID
        to: str
        weight: int

    @event(Sent)
    def __init__(self, parcel_id: UUID, to: str, weight: int) -> None:
        self.to, self.weight = to, weight


class ParcelWithoutAddress(Aggregate):
    """The same parcel after its address went."""

    class Sent(Aggregate.Created):
        parcel_id: UUID

    @event(Sent)
    def __init__(self, parcel_id: UUID) -> None:
        self.to = ""


class ParcelMended(Aggregate):
    """The weight came with a version of its own and an upcaster."""

    class Sent(Aggregate.Created):
        """The parcel went, with so many grams."""

        parcel_id: UUID
        to: str
        weight: int
        class_version = 2

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["weight"] = 0

    @event(Sent)
    def __init__(self, parcel_id: UUID, to: str, weight: int) -> None:
        self.to, self.weight = to, weight


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """Return a service that stored parcels in release 0.1.0."""
    [(topic, state)] = facts.not_kept("parcels", tmp_path, FactMapper([Parcel]))
    line = facts.Stored("0.1.0", topic, state)._asdict()
    (tmp_path / "parcels.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    return tmp_path


def trouble(aggregate: type[Aggregate], released: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what this code does not read of the parcels that were stored."""
    aggregate.__name__ = "Parcel"
    monkeypatch.setattr(facts, "mapper", lambda service: FactMapper([aggregate]))
    return facts.unreadable(("parcels",), released)


@pytest.mark.parametrize("service", PUBLISHERS)
def test_every_stored_fact_is_read_as_it_was_written(service: str) -> None:
    assert facts.unreadable((service,)) == []


@pytest.mark.parametrize("service", PUBLISHERS)
def test_every_fact_is_kept_in_every_state(service: str) -> None:
    missing = {topic for topic, _ in facts.not_kept(service)}

    assert [f"{service}: {topic}: not kept yet; {keep.COMMAND} adds it" for topic in sorted(missing)] == []


@pytest.mark.parametrize("service", PUBLISHERS)
def test_every_kind_of_fact_of_a_service_has_states(service: str) -> None:
    written = {name for name, kind in facts.mapper(service).classes.items() if list(facts_of(name, kind))}

    assert {one.fact for one in facts.stored(service)} >= written != set()


def test_what_has_not_changed_is_read(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert trouble(Parcel, released, monkeypatch) == []


def test_a_field_more_without_a_version_is_named_with_its_fact_and_the_way_out(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [found] = trouble(ParcelWithWeight, released, monkeypatch)

    assert found.startswith("parcels: Parcel.Sent of 0.1.0: field weight is not in what was stored. Way out: ")
    assert "class_version = 2 on its class with `upcast_v1_v2(state)`" in found


def test_a_field_less_is_named(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [found] = trouble(ParcelWithoutAddress, released, monkeypatch)

    assert "Parcel.Sent of 0.1.0: field to was stored and is lost" in found


def test_a_field_more_with_a_version_and_an_upcaster_is_read(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert trouble(ParcelMended, released, monkeypatch) == []


def test_a_fact_that_is_gone_is_named(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "mapper", lambda service: FactMapper([]))

    assert facts.unreadable(("parcels",), released)[0].startswith("parcels: Parcel.Sent of 0.1.0: FactUnknown")


def test_a_value_of_a_part_that_changed_is_named_with_its_path(tmp_path: Path) -> None:
    path = Path(shutil.copytree(facts.RELEASED, tmp_path / "facts")) / "sales.jsonl"
    text = path.read_text("utf-8")
    path.write_text(text.replace('\\"sku\\":\\"sku\\"', '\\"sku\\":\\"sku\\",\\"colour\\":\\"red\\"'), "utf-8")

    found = facts.unreadable(("sales",), path.parent)

    assert found
    assert all("field lines[].colour was stored and is lost" in each for each in found)
