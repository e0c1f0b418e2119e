"""A small part of the matrix, once with one seed each; `make faults` plays all of it, on three brokers."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crm_local.pytest_plugin import go_without
from tests.faults.matrix import FAULTS, NAMED
from tests.faults.play import INVARIANTS, play
from tests.faults.report import violations
from tests.faults.scene import Fault
from tests.faults.servers import Servers

pytestmark = [pytest.mark.fault, pytest.mark.needs_postgres, pytest.mark.needs_kafka]
# One of each kind that takes seconds and needs no brokers of its own.
SMALL = (
    "kill-relay",
    "restart-database",
    "poison-record",
    "disk-full",
)
SEED = 1


@pytest.fixture(scope="module")
def servers(kafka_server: str) -> Iterator[Servers]:
    """Start a database of our own, to be stopped and started, and a Kafka that nothing is done to."""
    with TemporaryDirectory(prefix="crm-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with Servers(Path(folder), brokers=0, kafka_address=kafka_server) as servers:
            yield servers


@pytest.mark.parametrize("fault", [NAMED[name] for name in SMALL], ids=SMALL)
def test_after_a_fault_nothing_is_lost_doubled_out_of_order_or_shown_otherwise(fault: Fault, servers: Servers) -> None:
    if (reason := fault.impossible()) is not None:
        go_without(f"{fault.name}: {reason}")

    outcome = play(fault, SEED, servers)

    servers.heal()
    assert violations([outcome]) == []
    assert outcome.wrong.keys() == set(INVARIANTS)
    assert outcome.commands > 0


def test_every_fault_of_the_platform_is_in_the_matrix() -> None:
    promised = {
        *("kill-writer", "kill-relay", "kill-projector", "restart-database", "broker-down", "in-doubt-produce"),
        *("latency-spike", "second-relay", "second-projector", "poison-record", "header-garbage"),
        *("topic-recreated", "clock-skew"),
    }

    assert promised <= NAMED.keys()
    assert len(NAMED) == len(FAULTS)
