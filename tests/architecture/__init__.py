"""The rules of the house as small checks on its sources, each with an offender that it has caught."""
