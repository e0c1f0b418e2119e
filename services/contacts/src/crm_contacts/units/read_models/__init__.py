"""The read model of units: the organisation tree."""
