"""`crm audit verify`."""
