"""Read models of points."""
