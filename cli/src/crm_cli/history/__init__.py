"""`crm history`."""
