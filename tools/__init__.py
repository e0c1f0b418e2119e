"""Tools of development: what judges the code and its tests, and ships with nothing."""
