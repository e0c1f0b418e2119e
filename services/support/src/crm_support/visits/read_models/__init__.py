"""Read models of visits."""
