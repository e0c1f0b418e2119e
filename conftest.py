"""Fixtures and plugins of every suite: real servers, proven features, files for each worker, logs left as they were."""

import logging
import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

from crm_eventlog.log.aiokafka_headers import tolerate_invalid_header_names

pytest_plugins = ("crm_local.pytest_plugin", "pytester", "tests.features", "tests.workers")

# A busy machine is no counterexample. With CI set, hypothesis has a profile of its own, which says so too.
settings.register_profile("crm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if "CI" not in os.environ:
    settings.load_profile("crm")


# Tests read Kafka as every process of ours does.
tolerate_invalid_header_names()


@pytest.fixture(autouse=True)
def _logs_as_installed() -> Iterator[None]:
    """Reset the logs, which a service and `crm` set up for their whole process, before every test."""
    _forget_logs()
    yield
    _forget_logs()


def _forget_logs() -> None:
    structlog.reset_defaults()
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if type(handler).__module__.startswith("_pytest")]
    root.setLevel(logging.WARNING)
