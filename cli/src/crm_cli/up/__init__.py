"""`crm up`."""
