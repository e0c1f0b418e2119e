"""`crm` on services at work, and on the files they leave behind."""
