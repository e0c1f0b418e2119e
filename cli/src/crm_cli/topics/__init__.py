"""`crm topics`."""
