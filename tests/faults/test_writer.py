"""SIGKILL of the process that takes commands, under load: what was answered is there, whole, and chained."""

import pytest

from crm_local.server import free_ports
from tests.faults.checks import gaps, half, lost
from tests.faults.load import load, over_http
from tests.faults.stage import Stage

pytestmark = [pytest.mark.fault]


def test_a_killed_writer_loses_nothing_it_answered_and_leaves_nothing_half(stage: Stage) -> None:
    (port,) = free_ports(1)
    writer = stage.launch("serve", port=port)

    with over_http(writer.url) as ask, load(ask, customers=6, complaints=14) as customers:
        for answered in (40, 100, 160):
            stage.until(lambda least=answered: len(customers.answers) >= least, f"{answered} answers")
            writer.kill()
            writer = stage.launch("serve", port=port)
        stage.until(customers.done, "an answer to every command")

    facts = stage.facts()
    assert len(customers.answers) == len(customers.asked) == 6 * 14 * 3
    assert lost(customers.answers, facts) == []
    assert half(facts, customers.asked) == []
    assert {fact.command_id for fact in facts} == customers.asked.keys()
    assert gaps(facts) == []
    assert stage.broken_links() == []
