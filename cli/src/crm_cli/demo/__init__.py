"""`crm demo`: the story of Ms Chen and of a crowd of customers."""
