"""Sales, from a customer's first interest to the money: leads, opportunities, orders, payments and returns."""
