"""`crm verify`."""
