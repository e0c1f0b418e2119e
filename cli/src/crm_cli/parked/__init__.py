"""`crm parked`."""
