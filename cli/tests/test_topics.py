"""`crm topics create`: five topics, once."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from cli.tests.crm_command import run
from crm_cli.topics import create as topics
from crm_cli.topics.create import TOPICS
from crm_local.server import free_ports


def test_the_five_topics_are_made_once_and_then_left_as_they_are(tmp_path: Path) -> None:
    first = run("topics", "create", "--json", folder=tmp_path)

    again = run("topics", "create", "--json", folder=tmp_path)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert json.loads(first.stdout)["made"] == [*TOPICS]
    assert json.loads(again.stdout)["made"] == []


def test_topics_of_another_make_are_refused(tmp_path: Path) -> None:
    log_url = f"sqlite:///{tmp_path}/log.db"
    run("topics", "create", "--log-url", log_url, "--partitions", 4, folder=tmp_path)

    refused = run("topics", "create", "--log-url", log_url, "--partitions", 8, folder=tmp_path)

    assert refused.exit_code == 1
    assert "has 4 partitions" in refused.stderr


def test_a_log_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    log_url = f"kafka://127.0.0.1:{free_ports(1)[0]}"

    refused = run("topics", "create", "--log-url", log_url, folder=tmp_path)

    assert refused.exit_code == 1
    assert log_url in refused.stderr


def test_on_kafka_too(kafka_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Topics of the services' names may stand there already, of another test.
    monkeypatch.setattr(topics, "TOPICS", tuple(f"crm.test-{uuid4().hex[:8]}.v1" for _ in range(2)))
    words = ("topics", "create", "--json", "--log-url", f"kafka://{kafka_server}", "--partitions", 3)

    made, again = (json.loads(run(*words, folder=tmp_path).stdout)["made"] for _ in range(2))

    assert made == [*topics.TOPICS]
    assert again == []
