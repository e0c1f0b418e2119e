"""Read models of leads."""
