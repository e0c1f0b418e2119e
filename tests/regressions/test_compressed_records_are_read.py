"""Without cramjam a record that somebody compressed with lz4, zstd or snappy is never read; we depend on it."""

import asyncio
import tomllib

import aiokafka.codec
import pytest

from crm_eventlog.log import KafkaLog
from shared.eventlog.tests.support.records import record
from tests.architecture.sources import ROOT
from tests.regressions.streams import make_topic, send


def test_the_library_reads_these_codecs_with_cramjam_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    has = (aiokafka.codec.has_lz4, aiokafka.codec.has_snappy, aiokafka.codec.has_zstd)
    with_it = [can() for can in has]
    monkeypatch.setattr(aiokafka.codec, "cramjam", None)

    assert with_it == [True, True, True]
    assert [can() for can in has] == [False, False, False]


def test_the_platform_depends_on_it() -> None:
    project = tomllib.loads((ROOT / "shared/eventlog/pyproject.toml").read_text("utf-8"))["project"]

    assert "cramjam" in project["dependencies"]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_records_are_read_whoever_compressed_them(kafka_server: str, topic: str, codec: str) -> None:
    async def story() -> None:
        await make_topic(kafka_server, topic)
        await send(kafka_server, topic, [record(0), record(1)], compression_type=codec)
        log = KafkaLog(f"kafka://{kafka_server}")

        read = await log.read(topic, 0, 0, 10)
        await log.close()

        assert [each.value for each in read] == [record(0).value, record(1).value]

    asyncio.run(story())
