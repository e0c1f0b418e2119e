"""Read models of opportunities."""
