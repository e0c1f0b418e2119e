"""`crm lag`: readers behind, stopped readers, and processes that do not answer."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from typer.testing import Result

from cli.tests.crm_command import Crm, run
from crm_cli.data_folder import DataFolder, Running
from crm_cli.lag.readiness import State, states_of
from crm_cli.services import SERVICE_NAMES
from crm_cli.stack import local_stack
from crm_eventlog.log import Outgoing
from crm_local.server import free_ports


def test_where_everything_is_read_every_service_is_ready(crm: Crm) -> None:
    for_person, for_program = crm("lag"), crm("lag", "--json")

    assert (for_person.exit_code, for_program.exit_code) == (0, 0)
    assert "every service is ready" in for_person.stdout
    answer = json.loads(for_program.stdout)
    assert sorted(answer["services"]) == sorted(SERVICE_NAMES)
    assert {"relay", "customer_history"} <= {each["name"] for each in answer["services"]["sales"]["readers"]}


def parked_in(states: dict[str, State]) -> int:
    return states["sales"].readers["customer_history"].parked_records


def test_what_is_parked_and_a_a_process_that_does_not_answer_are_named(tmp_path: Path) -> None:
    data_folder = DataFolder(tmp_path)

    async def with_a_broken_record() -> tuple[Result, Result]:
        async with local_stack(data_folder.folder) as stack:
            running = Running(addresses=stack.addresses, databases={}, log_url=data_folder.log_url, partitions=16)
            data_folder.record_process(running)
            broken = Outgoing(b"key", b"no event at all", ())
            await stack.hosts["sales"].runtime.log.append("crm.sales.v1", {3: [broken, broken]})
            async with asyncio.timeout(60):
                while not parked_in(await states_of(running)):
                    await stack.hosts["sales"].lag.look()
            shown = await asyncio.to_thread(run, "lag", folder=tmp_path)
            silent = f"http://127.0.0.1:{free_ports(1)[0]}"
            data_folder.record_process(replace(running, beside={"loyalty": [silent]}))
            return shown, await asyncio.to_thread(run, "lag", "--json", folder=tmp_path)

    shown, silent = asyncio.run(with_a_broken_record())

    assert (shown.exit_code, silent.exit_code) == (0, 1)
    assert "2 of 1 keys" in shown.stdout
    assert any("does not answer" in reason for reason in json.loads(silent.stdout)["services"]["loyalty"]["reasons"])
