"""A page of the history over HTTP: fifty events of a customer who has a hundred thousand, now and as of a date."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import httpx

import crm_history
from benchmarks.figures import Figure, percentiles
from benchmarks.remarks import NOON
from crm_chassis.runner import run_service
from crm_eventlog.migrate import migrate
from crm_eventlog.store import open_engine
from crm_history.copying import copy_rows
from crm_support.service import SERVICE

EVENTS = 100_000
LOOKS = 200
CUSTOMER = UUID(int=7)
_LIMIT = 50.0
_DATA = (
    '{"touch_id":"%s","customer_id":"%s","channel":"store","place":"GZ-TIANHE","direction":"in",'
    '"subject":"Asks why the screen flickers","learned":"nothing"}'
)


def measure(fresh_database: Callable[[], str], kafka: str) -> list[Figure]:
    """Measure a caller's wait: the newest page, the page after many, and as it stood half-way, on both clocks."""
    return asyncio.run(_measure(fresh_database(), kafka))


async def _measure(url: str, kafka: str) -> list[Figure]:
    settings = SERVICE.settings(database_url=url, log_url=f"kafka://{kafka}")
    half = (NOON + timedelta(minutes=EVENTS // 2)).isoformat()
    asked = {
        "newest": {},
        "as it had happened half-way": {"occurred_by": half},
        "as it was known half-way": {"recorded_by": half},
    }
    async with run_service(SERVICE, settings, parts={"serve"}, migrate=True) as host:
        await asyncio.to_thread(_fill, url)
        async with httpx.AsyncClient(base_url=host.url, timeout=60) as client:
            empty = percentiles([await _look(client, UUID(int=8), {}) for _ in range(LOOKS)])["p95"]
            return [
                Figure(
                    name=f"page of 50 for a customer with {EVENTS:,} events, {how}, p95",
                    value=percentiles([await _look(client, CUSTOMER, query) for _ in range(LOOKS)])["p95"],
                    unit="ms",
                    against="the page of a customer without events",
                    peer_value=empty,
                    at_most=_LIMIT,
                )
                for how, query in asked.items()
            ]


async def _look(client: httpx.AsyncClient, customer: UUID, query: dict[str, str]) -> float:
    begun = time.perf_counter()
    answer = await client.get(f"/customers/{customer}/history", params={"limit": "50", **query})
    took = (time.perf_counter() - begun) * 1_000
    if len(answer.json()["items"]) != (50 if customer == CUSTOMER else 0):
        raise AssertionError(answer.text)
    return took


def _fill(url: str) -> None:
    engine = open_engine(url)
    migrate(engine, partitions=16)
    with engine.begin() as db:
        copy_rows(db, crm_history.READ_MODEL.tables[0], list(_rows()))
        db.exec_driver_sql("ANALYZE customer_history")
    engine.dispose()


def _rows() -> Iterator[tuple[object, ...]]:
    for number in range(EVENTS):
        at, touch = NOON + timedelta(minutes=number), UUID(int=number + 1)
        yield (
            *(touch, CUSTOMER, at, at, "contacts", touch, 1, "crm.contacts.CustomerTouched.v1", "touch"),
            *("store", "GZ-TIANHE", "li.na", "clerk", "c", None, _DATA % (touch, CUSTOMER)),
        )
