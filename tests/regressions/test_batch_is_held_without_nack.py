"""A NACK is a hot loop; we hold the batch, wait longer every time, and never NACK."""

import ast
import asyncio
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Engine

from crm_eventlog.consumer import TransientError
from shared.eventlog.tests.support.records import record
from tests.architecture.sources import Module, shipped
from tests.regressions.streams import as_consumed, follower_of, projector_of

NOWHERE = "127.0.0.1:9"


def test_what_does_not_go_now_is_tried_again_after_longer_and_longer(engine: Engine, topic: str) -> None:
    tries: list[float] = []

    def not_now(events: Any, db: Any) -> None:
        tries.append(monotonic())
        if len(tries) < 4:
            raise TransientError

    follower = follower_of(projector_of(engine, topic, not_now), NOWHERE, topic)
    asyncio.run(follower._process_batch([as_consumed(record(0)._replace(topic=topic))]))

    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert len(tries) == 4
    assert [wait > least for wait, least in zip(waits, (0.19, 0.39, 0.79), strict=True)] == [True] * 3


def test_who_waits_ends_at_once_when_told_to_stop(engine: Engine, topic: str) -> None:
    def not_now(events: Any, db: Any) -> None:
        raise TransientError

    async def story() -> float:
        follower = follower_of(projector_of(engine, topic, not_now), NOWHERE, topic)
        begun = monotonic()
        taking = asyncio.create_task(follower._process_batch([as_consumed(record(0)._replace(topic=topic))]))
        asyncio.get_running_loop().call_later(1.0, follower._stop.set)
        await taking
        return monotonic() - begun

    assert asyncio.run(story()) < 30


def nacks(module: Module) -> list[str]:
    """Find the calls by which a module hands a record back, under any name FastStream has for it."""
    names = [node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]
    names += [name.rpartition(".")[2] for name in module.imports()]
    return [name for name in names if name in {"nack", "NackMessage", "NACK_ON_ERROR"}]


def test_nobody_hands_a_record_back() -> None:
    assert [name for module in shipped() for name in nacks(module)] == []


@pytest.mark.parametrize(
    "source",
    [
        "async def f(m):\n    await m.nack()",
        "from faststream.exceptions import NackMessage",
        "p = AckPolicy.NACK_ON_ERROR",
    ],
)
def test_whoever_hands_a_record_back_is_caught(source: str) -> None:
    assert len(nacks(Module("crm_x.subscribers", source))) == 1
