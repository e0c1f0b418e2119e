"""Storage, relay, projection and replay of facts, without a business word and without a service."""
