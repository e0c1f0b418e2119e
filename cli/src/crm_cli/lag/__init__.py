"""`crm lag`."""
