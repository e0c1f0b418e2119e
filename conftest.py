"""For every suite of the house: a real PostgreSQL and a real Kafka, and the page of proven features."""

pytest_plugins = ("crm_local.pytest_plugin", "pytester", "tests.features")
