"""What sales decides: leads, opportunities, orders, and the rules that assign and stage them."""
