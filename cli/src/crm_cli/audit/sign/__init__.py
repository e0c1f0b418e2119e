"""`crm audit keygen` and `crm audit sign`."""
