"""Every figure as a ratio against a peer or a limit, both measured in the same run on real PostgreSQL and Kafka."""
