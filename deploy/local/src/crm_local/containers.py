"""PostgreSQL and Kafka in containers, if a Docker engine answers."""

import os
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

POSTGRES_IMAGE = "postgres:18-alpine"
ENGINE = "unix:///var/run/docker.sock"
SECONDS_TO_ANSWER = 3


def docker_answers() -> bool:
    """Return True if a Docker engine answers here and testcontainers is installed."""
    # Only if the port is open, because a refused client leaves its socket open.
    if not _somebody_listens(os.environ.get("DOCKER_HOST") or ENGINE):
        return False
    try:
        import docker
        import testcontainers.core.container  # noqa: F401

        client = docker.from_env(timeout=SECONDS_TO_ANSWER)
    except Exception:  # noqa: BLE001 - not installed, no engine behind the socket, no rights: all mean "look elsewhere"
        return False
    try:
        return bool(client.ping())
    except Exception:  # noqa: BLE001 - the same
        return False
    finally:
        client.close()


def postgres_container(ending: ExitStack) -> str:
    """Start a PostgreSQL that ends with the stack, and return its URL."""
    from testcontainers.community.postgres import PostgresContainer

    container = PostgresContainer(POSTGRES_IMAGE, driver=None).with_command("postgres -c max_connections=300")
    return str(ending.enter_context(container).get_connection_url())


def kafka_container(ending: ExitStack) -> str:
    """Start a Kafka that ends with the stack, and return its bootstrap servers."""
    # testcontainers.kafka is deprecated and warns at every import.
    from testcontainers.community.kafka import KafkaContainer

    container = KafkaContainer().with_kraft().with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
    return str(ending.enter_context(container).get_bootstrap_server())


def _somebody_listens(engine: str) -> bool:
    at = urlsplit(engine)
    try:
        if at.scheme != "unix":
            socket.create_connection((at.hostname, at.port or 2375), timeout=SECONDS_TO_ANSWER).close()
            return True
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS_TO_ANSWER)
            connection.connect(at.path)
            return True
    except OSError:
        return False
