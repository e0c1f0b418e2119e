"""A real PostgreSQL and a real Kafka on this machine: for `crm up --real`, for the tests and for the figures.

Both come as wheels and jars, run as ordinary processes of the caller on free loopback ports, keep their data in the
folder that they are given, and end with the process that started them, however that one ends.
"""

from crm_local.kafka import LocalKafka
from crm_local.postgres import LocalPostgres
from crm_local.server import ServerDidNotStart

__all__ = ["LocalKafka", "LocalPostgres", "ServerDidNotStart"]
