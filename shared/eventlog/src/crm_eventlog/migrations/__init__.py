"""The durable schema, one step a file; read models are not here, they are built from the log."""
