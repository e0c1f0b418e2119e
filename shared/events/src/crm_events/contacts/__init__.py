"""Events of contacts: who the customer is, every touch with them, their consent, and the organisation."""

from crm_events.contacts.consents import ConsentGiven, ConsentWithdrawn
from crm_events.contacts.customers import Address, CustomerRegistered, DetailsCorrected, ImportanceListed
from crm_events.contacts.touches import CustomerTouched
from crm_events.contacts.units import UnitOpened
from crm_events.contacts.vocabulary import CustomerKind, Direction, ImportanceListing, Ownership, StoreKind, UnitKind

__all__ = [
    "Address",
    "ConsentGiven",
    "ConsentWithdrawn",
    "CustomerKind",
    "CustomerRegistered",
    "CustomerTouched",
    "DetailsCorrected",
    "Direction",
    "ImportanceListed",
    "ImportanceListing",
    "Ownership",
    "StoreKind",
    "UnitKind",
    "UnitOpened",
]
