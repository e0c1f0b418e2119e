"""`crm`: run the services on one machine, play the story, import customers, look at histories, verify."""
