"""What contacts says of its facts: the only place where they become public events."""

from typing import Any
from uuid import UUID

from pydantic import JsonValue

from crm_contacts.domain.consent import Consent
from crm_contacts.domain.customer import Customer, Details
from crm_contacts.domain.touch import Touch
from crm_contacts.domain.unit import Unit
from crm_events import PublicEvent
from crm_events import contacts as say
from crm_events.values import Channel, ConsentChannel, Language, LocalText


def publish(fact: Any, customer_id: UUID) -> PublicEvent | None:
    """The public event of a fact; None where it stays private. `customer_id` is the stream's partition key."""
    match fact:
        case Customer.Event():
            return _of_customer(fact, customer_id)
        case Touch.Recorded():
            return _touched(fact, customer_id)
        case Consent.Event():
            return _of_consent(fact, customer_id)
        case Unit.Opened():
            return _opened(fact)
        case _:
            return None


def _of_customer(fact: Any, customer_id: UUID) -> PublicEvent | None:
    match fact:
        case Customer.Registered():
            return _registered(fact.kind, fact.details, customer_id)
        case Customer.DetailsCorrected():
            before, after = _differences(fact.before, fact.after)
            return say.DetailsCorrected(customer_id=customer_id, before=before, after=after, reason=fact.reason)
        case Customer.ImportanceListed():
            return say.ImportanceListed(
                customer_id=customer_id,
                listing=say.ImportanceListing(fact.listing),
                before=say.ImportanceListing(fact.before),
                reason=fact.reason,
            )
        case _:
            return None


def _registered(kind: str, details: Details, customer_id: UUID) -> PublicEvent:
    return say.CustomerRegistered(
        customer_id=customer_id,
        kind=say.CustomerKind(kind),
        name=details.name,
        form_of_address=details.form_of_address,
        phones=details.phones,
        emails=details.emails,
        addresses=_addresses(details),
        language=Language(details.language),
        birthday=details.birthday,
    )


def _differences(before: Details, after: Details) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    """The corrected fields only, as they were and as they are."""
    was, now = _shown(before), _shown(after)
    changed = [name for name in now if was[name] != now[name]]
    return {name: was[name] for name in changed}, {name: now[name] for name in changed}


def _shown(details: Details) -> dict[str, JsonValue]:
    """Details field by field, in the form and under the names of `CustomerRegistered`."""
    return {
        "name": details.name,
        "form_of_address": details.form_of_address,
        "phones": list(details.phones),
        "emails": list(details.emails),
        "addresses": [address.model_dump() for address in _addresses(details)],
        "language": details.language.value,
        "birthday": details.birthday.isoformat() if details.birthday else None,
    }


def _addresses(details: Details) -> tuple[say.Address, ...]:
    return tuple(
        say.Address(country=at.country, region=at.region, city=at.city, street=at.street, postcode=at.postcode)
        for at in details.addresses
    )


def _touched(fact: Any, customer_id: UUID) -> PublicEvent:
    return say.CustomerTouched(
        customer_id=customer_id,
        touch_id=fact.originator_id,
        channel=Channel(fact.channel),
        place=fact.place,
        direction=say.Direction(fact.direction),
        subject=fact.subject,
        learned=fact.learned,
    )


def _of_consent(fact: Any, customer_id: UUID) -> PublicEvent | None:
    match fact:
        case Consent.Given():
            channel, language = ConsentChannel(fact.channel), Language(fact.language)
            return say.ConsentGiven(
                customer_id=customer_id, channel=channel, text_shown=fact.text_shown, language=language
            )
        case Consent.Withdrawn():
            return say.ConsentWithdrawn(
                customer_id=customer_id, channel=ConsentChannel(fact.channel), reason=fact.reason
            )
        case _:
            return None


def _opened(fact: Any) -> PublicEvent:
    return say.UnitOpened(
        unit_id=fact.originator_id,
        code=fact.code,
        name=LocalText(en=fact.name.en, zh=fact.name.zh),
        kind=say.UnitKind(fact.kind),
        store_kind=say.StoreKind(fact.store_kind) if fact.store_kind else None,
        ownership=say.Ownership(fact.ownership),
        parent_code=fact.parent_code,
        city=fact.city,
    )
