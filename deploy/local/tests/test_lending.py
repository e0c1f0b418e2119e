"""Sharing of servers between the workers of a run, and runs without servers."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import AuthenticationError

import pytest

from crm_local.find import PartUnavailable, Running, Source
from crm_local.lending import Lender, Place, borrowed
from crm_local.pytest_plugin import RealParts

SUITE = """
import pytest

def test_a_test_without_a_server(): pass

def test_the_address_is_the_one_that_was_given(kafka_server):
    assert kafka_server == "kafka.example:9092"

@pytest.mark.needs_kafka
def test_a_mark_asks_for_a_server(): pass

def test_a_server_of_its_own(server_folder): pass
"""
ALONE_OR_SHARED = pytest.mark.parametrize("workers", ["-n0", "-n2"])


class Beginnings:
    """The sources of parts that record each start. Kafka is not available, and any other name is an error."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def begin(self, name: str) -> Running:
        self.names.append(name)
        match name:
            case "PostgreSQL":
                return Running("postgresql://127.0.0.1/postgres", "a process", lasting=True)
            case "Kafka":
                raise PartUnavailable("no Java")
        raise LookupError(name)


def test_whoever_asks_gets_the_part_or_the_reason_why_there_is_none() -> None:
    beginnings = Beginnings()
    lender = Lender(beginnings.begin)

    running = borrowed("PostgreSQL", lender.place).begin(None)
    with pytest.raises(PartUnavailable, match="no Java"):
        borrowed("Kafka", lender.place).begin(None)
    with pytest.raises(RuntimeError, match="Redis could not be started: LookupError"):
        borrowed("Redis", lender.place).begin(None)
    again = borrowed("PostgreSQL", lender.place).begin(None)
    lender.stop()

    assert running == again == Running("postgresql://127.0.0.1/postgres", "a process", lasting=True)


def test_two_workers_that_ask_at_once_share_one_server() -> None:
    beginnings = Beginnings()
    leader = RealParts({"PostgreSQL": Source("a process", lambda _: beginnings.begin("PostgreSQL"))})
    place = leader.lend()

    with ThreadPoolExecutor(8) as workers:
        asked = [workers.submit(borrowed("PostgreSQL", place).begin, None) for _ in range(8)]
        addresses = {each.result().address for each in asked}
    leader.end()

    assert addresses == {"postgresql://127.0.0.1/postgres"}
    assert beginnings.names == ["PostgreSQL"]


def test_a_stranger_gets_nothing_and_does_not_disturb_the_others() -> None:
    lender = Lender(Beginnings().begin)
    stranger = Place(lender.place.host, lender.place.port, b"a guess")

    with pytest.raises((AuthenticationError, OSError, EOFError)):
        borrowed("PostgreSQL", stranger).begin(None)
    running = borrowed("PostgreSQL", lender.place).begin(None)
    lender.stop()

    assert running.lasting


@pytest.fixture
def a_suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a suite of four tests, three of which need a server. Kafka has a given address."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("CRM_TEST_KAFKA", "kafka.example:9092")
    pytester.makeini("[pytest]\naddopts = -p xdist -p crm_local.pytest_plugin -p no:cacheprovider")
    pytester.makepyfile(SUITE)
    return pytester


@ALONE_OR_SHARED
def test_a_test_gets_the_servers_of_its_run(a_suite: pytest.Pytester, workers: str) -> None:
    result = a_suite.runpytest_inprocess(workers)

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["Kafka: the address in CRM_TEST_KAFKA (kafka.example:9092)"])


@ALONE_OR_SHARED
def test_a_run_without_servers_leaves_out_what_needs_one_and_says_how_much(
    a_suite: pytest.Pytester, workers: str
) -> None:
    result = a_suite.runpytest_inprocess("--without-servers", workers)

    assert result.parseoutcomes()["passed"] == 1
    result.stdout.fnmatch_lines(["without servers: 3 tests left out"])
