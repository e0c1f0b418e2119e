"""The fixtures that every suite uses give what they promise."""

from collections.abc import Callable

import psycopg
import pytest

from crm_local.pytest_plugin import PostgresServer
from crm_local.server import listens


def test_a_fresh_database_is_empty_and_nobody_elses(fresh_database: Callable[[], str]) -> None:
    mine, yours = fresh_database(), fresh_database()

    with psycopg.connect(mine, autocommit=True) as connection:
        connection.execute("CREATE TABLE note (words text)")

    with psycopg.connect(yours) as connection:
        assert connection.execute("SELECT to_regclass('note')").fetchone() == (None,)


def test_the_server_syncs_to_disk_and_has_room_for_many_sessions(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert int(connection.execute("SHOW max_connections").fetchone()[0]) >= 300


@pytest.mark.needs_kafka
def test_the_mark_alone_brings_up_the_broker(request: pytest.FixtureRequest) -> None:
    address = request.getfixturevalue("kafka_server")

    assert listens(int(address.rpartition(":")[2]))
