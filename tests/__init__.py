"""What concerns the house as a whole: the only place that may import several services."""
