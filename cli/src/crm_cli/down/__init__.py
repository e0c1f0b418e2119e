"""`crm down`."""
