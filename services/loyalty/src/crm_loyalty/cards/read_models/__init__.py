"""Read models of cards."""
