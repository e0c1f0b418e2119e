"""Enums of contacts' records, each as the public events define it."""

from crm_events.contacts import CustomerKind, Direction, ImportanceListing, Ownership, StoreKind, UnitKind

__all__ = ["CustomerKind", "Direction", "ImportanceListing", "Ownership", "StoreKind", "UnitKind"]
