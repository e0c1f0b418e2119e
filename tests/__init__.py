"""Tests that concern the project as a whole: the only place that may import several services."""
