"""Commands of a service process, `python -m crm_<service>`: arguments, exit codes and graceful shutdown."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import structlog
from pydantic import ValidationError

from crm_chassis import logs
from crm_chassis.clock import now
from crm_chassis.read_model_upgrade import NoSuchReadModel, rebuild_one
from crm_chassis.runner import ALL_PARTS, Part, PartFailed, run_service
from crm_chassis.runtime import ServiceRuntime
from crm_chassis.service import Service
from crm_chassis.settings import ServiceSettings
from crm_eventlog.consumer import redrive
from crm_eventlog.gc_tuning import relax_gc
from crm_eventlog.log import MemoryLog, open_log
from crm_eventlog.rebuild import REASONS
from crm_eventlog.store import open_engine

log = structlog.get_logger(__name__)

# Every part waits for the database in threads of the loop's executor; a small machine's default would make them queue.
THREADS = 32

# The share of `stop_seconds` after which a process is ended as SIGKILL would end it.
INSISTING = 0.95

WHAT: dict[str, str] = {
    "serve": "answer commands and queries over HTTP",
    "relay": "send stored facts to the log, in order; a second relay waits for the first",
    "project": "keep the read models; several processes share the partitions",
    "work": "run policies, deadlines and effects",
    "run": "all four in one process, after migrating",
    "redrive": "process parked records again, each key in order, beside the running processes",
    "rebuild": "rebuild a read model beside the served one, compare both and swap them",
    "migrate": "bring the database to the schema of this code, and create the topics",
}


def main(service: Service, arguments: Sequence[str] | None = None) -> None:
    """Run the command. Exit with 0 after a graceful end, 1 after a failure, 2 if the settings are invalid."""
    asked = parser(service).parse_args(arguments)
    try:
        settings = service.settings()
    except ValidationError as error:
        sys.exit(_settings_refused(service, error))
    logs.configure(settings.log_level, service=service.name)
    relax_gc()
    sys.exit(asyncio.run(_do(service, settings, asked)))


def parser(service: Service) -> argparse.ArgumentParser:
    """Return the parser of the command line. Its help lists an example and every variable."""
    program = f"python -m crm_{service.name}"
    made = argparse.ArgumentParser(
        prog=program,
        description=service.about or f"The {service.name} service.",
        epilog=f"example:\n  {program} run\n\nenvironment:\n{_variables(service)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = made.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, meaning in WHAT.items():
        example = f"example: {program} {name}" + " customer_history --verify" * (name == "rebuild")
        command = commands.add_parser(name, help=meaning, description=meaning, epilog=example)
        if name == "rebuild":
            _ask_what_to_rebuild(command)
    return made


def _ask_what_to_rebuild(command: argparse.ArgumentParser) -> None:
    command.add_argument("read_model", help="name of the read model")
    how = command.add_mutually_exclusive_group()
    for option, const, meaning in (
        ("--verify", "verify", "only compare; exit with 1 if they differ"),
        ("--rollback", "back", "serve the previous generation again, at once"),
    ):
        how.add_argument(option, dest="how", action="store_const", const=const, default="swap", help=meaning)


async def _do(service: Service, settings: ServiceSettings, asked: argparse.Namespace) -> int:
    match asked.what:
        case "rebuild":
            return await asyncio.to_thread(_rebuild, service, settings, asked.read_model, asked.how)
        case "migrate":
            return await _migrate(service, settings)
        case "redrive":
            return await asyncio.to_thread(_redrive, service, settings)
        case _:
            return await _work(service, settings, asked.what)


async def _work(service: Service, settings: ServiceSettings, what: str) -> int:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix=service.name))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, stop, settings.stop_seconds)
    parts: Set[Part] = ALL_PARTS if what == "run" else {what}  # type: ignore[arg-type]
    try:
        async with run_service(service, settings, parts=parts, migrate=what == "run") as host:
            await host.until(stop)
    except PartFailed as failed:
        log.critical("a part failed, the process ends", part=str(failed), exc_info=failed.__cause__)
        return 1
    except Exception as error:
        log.critical("the process ends", reason=str(error), exc_info=error)
        return 1
    log.info("stopped")
    return 0


def _stop(stop: asyncio.Event, seconds: float) -> None:
    """Request a graceful shutdown, and force one if a blocked thread would delay it."""
    if not stop.is_set():
        stop.set()
        insisting = Timer(seconds * INSISTING, _break_off)
        insisting.daemon = True
        insisting.start()


def _break_off() -> None:
    log.critical("shutdown forced: a task did not end in time; acknowledged work is safe")
    sys.stdout.flush()
    os._exit(1)


async def _migrate(service: Service, settings: ServiceSettings) -> int:
    topics = open_log(settings.log_url, now)
    runtime = ServiceRuntime.open(service, settings, topics, now)
    try:
        await asyncio.to_thread(runtime.migrate)
        await runtime.create_topics()
    finally:
        await topics.close()
        runtime.engine.dispose()
    log.info("migrated")
    return 0


def _rebuild(service: Service, settings: ServiceSettings, name: str, how: str) -> int:
    engine = open_engine(settings.database_url)
    try:
        same = rebuild_one(
            engine, service.read_models, service.parse, settings.partitions, settings.log_url, name=name, how=how
        )
    except (NoSuchReadModel, *REASONS) as reason:
        log.critical("rebuild failed, the served read model is unchanged", reason=f"{type(reason).__name__}: {reason}")
        return 1
    finally:
        engine.dispose()
    return 0 if same else 1


def _redrive(service: Service, settings: ServiceSettings) -> int:
    """Redrive every parked key. Return 1 if one of them still fails, else 0."""
    runtime = ServiceRuntime.open(service, settings, MemoryLog(now), now)
    consumers = [runtime.projector, *([runtime.reactor] if runtime.reacts else [])]
    try:
        runtime.refuse_unmigrated()
        found = [one for consumer in consumers for one in redrive(consumer)]
    finally:
        runtime.reactor.close()
        runtime.engine.dispose()
    for one in found:
        still = one.error and one.error.partition(":")[0]
        log.info("redriven", reader=one.reader.name, key=one.key, taken_in=one.taken_in, still=still)
    log.info("stopped", keys=len(found), still_waiting=sum(one.error is not None for one in found))
    return 1 if any(one.error for one in found) else 0


def _variables(service: Service) -> str:
    prefix = service.settings.model_config.get("env_prefix", "")
    lines = []
    for name, field in service.settings.model_fields.items():
        default = "" if field.is_required() else f" [{field.get_default(call_default_factory=True)}]"
        lines.append(f"  {prefix}{name.upper()}{default}  {field.description or ''}".rstrip())
    lines.append("  OTEL_EXPORTER_OTLP_ENDPOINT  Collector of traces, OTLP over HTTP. Empty: no traces.")
    return "\n".join(lines)


def _settings_refused(service: Service, error: ValidationError) -> int:
    """Print the variable and the broken rule, never the value, which may be a secret."""
    prefix = service.settings.model_config.get("env_prefix", "")
    for wrong in error.errors(include_input=False, include_url=False):
        name = "_".join(str(step) for step in wrong["loc"]).upper()
        sys.stderr.write(f"{prefix}{name}: {wrong['msg']}\n")
    return 2
