"""`crm audit export`."""
