"""`crm rebuild`."""
