"""Read models of messages."""
