"""`crm import customers`."""
