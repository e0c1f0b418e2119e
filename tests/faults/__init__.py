"""Kill, cut, repeat and reorder on a real PostgreSQL and a real Kafka; then nothing is lost and nothing is doubled."""
