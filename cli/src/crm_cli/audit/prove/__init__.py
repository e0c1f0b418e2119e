"""`crm audit prove`."""
