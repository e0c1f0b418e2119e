"""Public events of customers."""

from uuid import UUID

from crm_contacts.customers.customer import Customer, Details
from crm_contacts.vocabulary import CustomerKind
from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent
from crm_events.contacts import Address, CustomerRegistered, DetailsCorrected, ImportanceListed


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where the fact stays private."""
    match fact:
        case Customer.Registered():
            return _registered(fact.kind, fact.details, partition_key)
        case Customer.DetailsCorrected():
            before, after = _differences(fact.before, fact.after)
            return DetailsCorrected(customer_id=partition_key, before=before, after=after, reason=fact.reason)
        case Customer.ImportanceListed():
            return ImportanceListed(
                customer_id=partition_key, listing=fact.listing, before=fact.before, reason=fact.reason
            )
        case _:
            return None


def _registered(kind: CustomerKind, details: Details, customer_id: UUID) -> PublicEvent:
    return CustomerRegistered(
        customer_id=customer_id,
        kind=kind,
        name=details.name,
        form_of_address=details.form_of_address,
        phones=details.phones,
        emails=details.emails,
        addresses=_addresses(details),
        language=details.language,
        birthday=details.birthday,
    )


def _differences(before: Details, after: Details) -> tuple[dict[str, object], dict[str, object]]:
    """Return the corrected fields only, as they were and as they are."""
    was, now = _public(before), _public(after)
    changed = [name for name in now if was[name] != now[name]]
    return {name: was[name] for name in changed}, {name: now[name] for name in changed}


def _public(details: Details) -> dict[str, object]:
    """Return details field by field, in the form and under the names of `CustomerRegistered`."""
    return {
        "name": details.name,
        "form_of_address": details.form_of_address,
        "phones": list(details.phones),
        "emails": list(details.emails),
        "addresses": [address.model_dump() for address in _addresses(details)],
        "language": details.language.value,
        "birthday": details.birthday.isoformat() if details.birthday else None,
    }


def _addresses(details: Details) -> tuple[Address, ...]:
    return tuple(
        Address(country=at.country, region=at.region, city=at.city, street=at.street, postcode=at.postcode)
        for at in details.addresses
    )
