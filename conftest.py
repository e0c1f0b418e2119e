"""For every suite of the house: a real PostgreSQL and a real Kafka, and the page of proven features."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ("crm_local.pytest_plugin", "pytester", "tests.features")

# A busy machine is no counterexample. With CI set, hypothesis has a profile of its own, which says so too.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if "CI" not in os.environ:
    settings.load_profile("house")
