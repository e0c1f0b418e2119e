"""The durable schema, one step per file. Read models are not here, because they are built from the log."""
