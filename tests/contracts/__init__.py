"""Promises between the services, kept for ever: shapes, records, stored facts, and the consumers of each event."""
