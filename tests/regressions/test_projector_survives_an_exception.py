"""The library's ProjectionRunner ends at the first exception; our engine stops one partition, or tries again."""

from typing import Any
from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from sqlalchemy import Engine

from crm_eventlog.consumer import list_parked
from crm_eventlog.projection import Projector
from shared.eventlog.tests.support.notes import ALL_NOTES, NOON, PARTITIONS, Unprojectable, parse, rows_of
from shared.eventlog.tests.support.records import record
from tests.regressions.held_open import DEADLINE


class Refusing(Projection[POPOTrackingRecorder]):
    """A projection of the library's that does not bear its events."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        raise Unprojectable


def test_the_librarys_runner_ends_at_the_first_exception() -> None:
    with ProjectionRunner(
        application_class=Application[UUID], projection_class=Refusing, view_class=POPOTrackingRecorder
    ) as runner:
        runner.app.save(Aggregate())

        with pytest.raises(Unprojectable):
            runner.run_forever(DEADLINE)

        assert runner.is_interrupted.is_set()


def projector_of(engine: Engine) -> Projector:
    projector = Projector(engine, (ALL_NOTES,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    return projector


def test_our_engine_goes_on_with_every_other_key(engine: Engine) -> None:
    projector = projector_of(engine)

    projector.process_batch([record(0, text="poison"), record(0, partition=1)])
    projector.process_batch([record(1), record(1, partition=1)])

    assert len(rows_of(engine)) == 2
    with engine.connect() as db:
        assert [(one.record.partition, one.record.offset) for one in list_parked(db)] == [(0, 0), (0, 1)]
    assert projector.stopped == {}


def test_a_second_instance_of_ours_does_no_harm_and_does_not_end(engine: Engine) -> None:
    first, second = projector_of(engine), projector_of(engine)

    for offset in range(6):
        for each in (first, second) if offset % 2 else (second, first):
            each.process_batch([record(offset)])

    assert len(rows_of(engine)) == 6
    assert not first.stopped | second.stopped
