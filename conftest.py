"""Fixtures for every suite of the house: a real PostgreSQL and a real Kafka, found or started."""

pytest_plugins = ("crm_local.pytest_plugin",)
