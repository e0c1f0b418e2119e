"""Databases on a PostgreSQL server, given its URL."""

from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

SECONDS_TO_CONNECT = 10


def database_url(server_url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def create_database(server_url: str, name: str) -> str:
    """Create a database unless it exists, and return its URL."""
    with psycopg.connect(server_url, autocommit=True, connect_timeout=SECONDS_TO_CONNECT) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return database_url(server_url, name)


def drop_database(server_url: str, name: str) -> None:
    """Remove a database, even if clients are connected to it."""
    with psycopg.connect(server_url, autocommit=True, connect_timeout=SECONDS_TO_CONNECT) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def answers(server_url: str) -> bool:
    """Return True if the server takes connections. It refuses them while it recovers after a crash."""
    try:
        psycopg.connect(server_url, connect_timeout=SECONDS_TO_CONNECT).close()
    except psycopg.OperationalError:
        return False
    return True
