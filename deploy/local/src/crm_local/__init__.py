"""A real PostgreSQL and a real Kafka on this machine, for `crm up --real`, the tests and the benchmarks.

Both come as wheels and jars and run as processes of the caller on free loopback ports. They keep their data in a given
folder, and end with the process that started them, however that one ends.
"""

from crm_local.kafka import LocalKafka
from crm_local.postgres import LocalPostgres
from crm_local.server import ServerDidNotStart

__all__ = ["LocalKafka", "LocalPostgres", "ServerDidNotStart"]
