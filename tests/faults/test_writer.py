"""SIGKILL of the process that takes commands, under load: what was answered is there, whole, and chained."""

from contextlib import AbstractContextManager, nullcontext

import pytest

from crm_eventlog.tables import counters
from crm_local.server import free_ports
from tests.faults.checks import gaps, half, lost
from tests.faults.load import load, over_http
from tests.faults.stage import Stage

pytestmark = [pytest.mark.fault]
# Many at once, so that a kill finds commands in every stage of their life.
CUSTOMERS, COMPLAINTS = 16, 6


def test_a_killed_writer_loses_nothing_it_answered_and_leaves_nothing_half(stage: Stage) -> None:
    def commands_wait() -> AbstractContextManager[None]:
        """Nobody is left who would hear what becomes of them."""
        return stage.held(counters)

    (port,) = free_ports(1)
    writer = stage.launch("serve", port=port)

    with over_http(writer.url) as ask, load(ask, customers=CUSTOMERS, complaints=COMPLAINTS) as customers:
        for answered, when in ((60, nullcontext), (130, commands_wait), (200, nullcontext)):
            stage.until(lambda least=answered: len(customers.answers) >= least, f"{answered} answers")
            with when():
                writer.kill()
            writer = stage.launch("serve", port=port)
        stage.until(customers.done, "an answer to every command")

    facts = stage.facts()
    assert len(customers.answers) == len(customers.asked) == CUSTOMERS * COMPLAINTS * 3
    assert lost(customers.answers, facts) == []
    assert half(facts, customers.asked) == []
    assert {fact.command_id for fact in facts} == customers.asked.keys()
    assert gaps(facts) == []
    assert stage.broken_links() == []
