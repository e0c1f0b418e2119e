"""Sales follows a customer from the first interest to the money: leads and who follows them, opportunities and their
stages, orders with their lines, what was paid for them, what came back, and what is still owed."""
