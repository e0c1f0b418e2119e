"""Customers' stories over all five services: on the embedded default, and on Kafka and PostgreSQL."""
