"""Read models of orders and of what is owed for them."""
