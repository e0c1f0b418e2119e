"""Read models of customers: the card and the search."""
