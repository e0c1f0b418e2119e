"""One database and one role per service: a role can do all its service needs, and nothing to anybody else."""

from pathlib import Path

import psycopg
import pytest

from crm_eventlog.log import MemoryLog
from crm_local import LocalPostgres
from tests.architecture.sources import SERVICES
from tests.deploy.conftest import PASSWORDS, Server, run_psql
from tests.deploy.runbooks import SERVICES as OPENED
from tests.deploy.runbooks import ask, opened
from tests.deploy.tools import DEPLOY


def entered(server: Server, service: str, database: str) -> bool:
    """Enter a database under a service's role; return False where the role may not."""
    try:
        with psycopg.connect(server.url(service, database)) as db:
            return db.execute("SELECT current_user, current_database()").fetchone() == (f"crm_{service}", database)
    except psycopg.OperationalError as refused:
        if "permission denied for database" not in str(refused):
            raise
        return False


@pytest.mark.parametrize("service", sorted(OPENED))
def test_a_role_is_enough_to_migrate_and_to_work(the_server: Server, service: str) -> None:
    with opened(service, the_server.url(service), MemoryLog(lambda: pytest.fail("nothing is sent"))) as runtime:
        runtime.refuse_unmigrated()

        assert runtime.visible("0:0")


def test_facts_are_stored_under_the_role(the_server: Server) -> None:
    with opened("support", the_server.url("support"), MemoryLog(lambda: pytest.fail("nothing is sent"))) as runtime:
        ask(runtime)

        facts = [fact for part in range(16) for fact in runtime.application.store.read(part, 0, 10)]

    assert facts != []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("other", [*SERVICES, "postgres"])
def test_a_role_enters_its_own_database_only(the_server: Server, service: str, other: str) -> None:
    database = other if other == "postgres" else f"crm_{other}"

    assert entered(the_server, service, database) is (service == other)


@pytest.mark.parametrize("service", SERVICES)
def test_a_role_may_do_nothing_to_the_server(the_server: Server, service: str) -> None:
    query = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = %s"
    with psycopg.connect(the_server.url(service)) as db:
        rights = db.execute(query, [f"crm_{service}"]).fetchone()

    assert rights == (False,) * 5


def test_a_database_that_keeps_its_doors_open_is_entered_by_any_role(the_server: Server) -> None:
    with psycopg.connect(the_server.postgres.url, autocommit=True) as db:
        db.execute("CREATE DATABASE open_to_all")

    assert entered(the_server, "sales", "open_to_all")


def test_a_password_that_was_not_given_makes_no_role(an_empty_server: LocalPostgres, tmp_path: Path) -> None:
    renamed = tmp_path / "roles.sql"
    renamed.write_text((DEPLOY / "postgres" / "roles.sql").read_text("utf-8").replace("crm_", "other_"))
    given = {f"CRM_{service.upper()}_PASSWORD": password for service, password in PASSWORDS.items()}
    given.pop("CRM_LOYALTY_PASSWORD")

    done = run_psql(an_empty_server.url, renamed, given)

    assert done.returncode != 0
    assert "CREATE ROLE other_loyalty" in done.stderr
    with psycopg.connect(an_empty_server.url) as db:
        assert db.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'other_%'").fetchone() == (0,)
