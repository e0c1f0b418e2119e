"""`crm audit as-of`."""
