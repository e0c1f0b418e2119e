"""`crm audit reconcile`."""
