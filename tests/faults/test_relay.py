"""SIGKILL of relays under load: the topic holds every public fact in order, again only byte for byte the same."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from crm_eventlog.tables import relay_checkpoints
from tests.faults.checks import altered, missing, not_once, out_of_order, unheard_of
from tests.faults.clean_run import clean_run, digest_of
from tests.faults.load import Load, in_this_process, load
from tests.faults.stage import Stage, as_sent

pytestmark = [pytest.mark.fault]
AHEAD = 200


def a_load(stage: Stage) -> AbstractContextManager[Load]:
    """Customers who are always a little ahead of the relay."""
    ask = in_this_process(stage.works.application)
    return load(ask, customers=4, may_go_on=lambda: stage.stored() < stage.relayed() + AHEAD)


def anywhere(_: Stage) -> AbstractContextManager[None]:
    """Wherever the relay happens to be."""
    return nullcontext()


def between_sending_and_checkpoint(stage: Stage) -> AbstractContextManager[None]:
    """When its records are acknowledged and it cannot write that down."""
    return stage.held(relay_checkpoints)


def wrong_on_the_topic(stage: Stage) -> list[object]:
    """What the topic says that the store does not bear out, or the other way round."""
    records = [as_sent(record) for record in stage.topic()]
    stored, sent = [fact.event_id for fact in stage.facts()], [record.event_id for record in records]
    return [
        *missing(stored, set(sent)),
        *unheard_of(set(stored), sent),
        *out_of_order(records),
        *altered(records),
    ]


def test_relays_that_are_killed_again_and_again_lose_nothing_and_keep_the_order(stage: Stage, tmp_path: Path) -> None:
    with a_load(stage) as customers:
        for when in (anywhere, between_sending_and_checkpoint, anywhere, between_sending_and_checkpoint, anywhere):
            before = stage.relayed()
            relay = stage.launch("relay", relay_batch=40)
            stage.until(lambda least=before + AHEAD: stage.relayed() > least, "a relay that gets on")
            with when(stage):
                relay.kill()
        stage.launch("relay", relay_batch=40)
        customers.enough.set()
        stage.until(customers.done, "an answer to every command")
        stage.until(stage.all_relayed, "everything on the topic")

    assert wrong_on_the_topic(stage) == []
    assert len(stage.topic()) > len(stage.facts())
    # Whoever reads the topic with all its repetitions shows each event once.
    stage.works.projector.take_in(stage.topic())
    assert not_once(stage.times_folded(), {fact.event_id for fact in stage.facts()}) == []
    with clean_run(stage.works, tmp_path) as clean:
        assert digest_of(stage.engine) == digest_of(clean)


def test_a_second_relay_waits_for_the_first_and_takes_over_when_it_is_killed(stage: Stage) -> None:
    with a_load(stage) as customers:
        first = stage.launch("relay", relay_batch=40)
        stage.until(lambda: stage.relayed() > 0, "a first relay at work")
        second = stage.launch("relay", relay_batch=40, database_url=stage.known_as("second"))
        stage.until(lambda: "pg_try_advisory_lock" in stage.last_said_by("second"), "a second relay that asks")
        before = stage.relayed()
        stage.until(lambda: stage.relayed() > before + AHEAD, "a first relay that gets on")
        owners_while_both_ran = stage.epochs()

        first.kill()
        stage.until(lambda: stage.epochs() == {2}, "a second relay that took every partition over")
        customers.enough.set()
        stage.until(customers.done, "an answer to every command")
        stage.until(stage.all_relayed, "everything on the topic")

    assert second.at_work()
    assert owners_while_both_ran == {1}
    assert wrong_on_the_topic(stage) == []
