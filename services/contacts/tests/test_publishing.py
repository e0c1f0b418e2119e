"""What others hear of contacts' facts: each as it goes on the wire."""

from dataclasses import replace
from uuid import UUID

from crm_chassis.testing import NOON
from crm_contacts.domain.consent import Consent, ConsentChannel
from crm_contacts.domain.customer import Customer, ImportanceListing
from crm_contacts.domain.touch import Touch
from crm_contacts.domain.unit import Ownership, StoreKind, Unit, UnitKind, UnitName
from crm_contacts.publishing import publish
from crm_contacts.service import SERVICE
from crm_eventlog.aggregate import Aggregate

MS_CHEN = UUID(int=7)
CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'
PRIVATE = {"Consent.Opened"}


def said(*aggregates: Aggregate) -> dict[str, str]:
    """What is said of everything these have decided: the fact's name -> the last event's JSON."""
    facts = [fact for aggregate in aggregates for fact in aggregate.pending_events]
    events = [(type(fact).__qualname__, publish(fact, MS_CHEN)) for fact in facts]
    return {name: event.model_dump_json() for name, event in events if event}


def test_a_customer_is_told_with_all_details_and_a_correction_with_the_corrected_ones(ms_chen: Customer) -> None:
    moved = (replace(ms_chen.details.addresses[0], street="体育东路 2"),)
    ms_chen.correct(replace(ms_chen.details, addresses=moved, birthday=None), reason="Moved", at=NOON)
    ms_chen.list_as(ImportanceListing.RED, reason="Buys for a school")

    address = '{"country":"CN","region":"广东","city":"广州","street":"STREET","postcode":"510000"}'
    before, after = address.replace("STREET", "天河路 1"), address.replace("STREET", "体育东路 2")
    assert said(ms_chen) == {
        "Customer.Registered": f'{{{CUSTOMER},"kind":"person","name":"陈丽","form_of_address":"女士",'
        f'"phones":["+8613800138000"],"emails":["chen.li@example.com"],"addresses":[{before}],'
        '"language":"zh","birthday":"1990-05-17"}',
        "Customer.DetailsCorrected": f'{{{CUSTOMER},"before":{{"addresses":[{before}],"birthday":"1990-05-17"}},'
        f'"after":{{"addresses":[{after}],"birthday":null}},"reason":"Moved"}}',
        "Customer.ImportanceListed": f'{{{CUSTOMER},"listing":"red","before":"general","reason":"Buys for a school"}}',
    }


def test_a_touch_is_told_with_what_was_learned(a_touch: Touch) -> None:
    assert said(a_touch) == {
        "Touch.Recorded": f'{{{CUSTOMER},"touch_id":"00000000-0000-0000-0000-000000000001","channel":"call_centre",'
        '"place":"hotline","direction":"in","subject":"Asked for the price of a phone",'
        '"learned":"Wants a large screen"}'
    }


def test_consent_is_told_entry_by_entry_and_the_opening_of_the_ledger_is_not(a_ledger_with_mail: Consent) -> None:
    a_ledger_with_mail.withdraw(ConsentChannel.EMAIL, reason="Too many")

    assert said(a_ledger_with_mail) == {
        "Consent.Given": f'{{{CUSTOMER},"channel":"email","text_shown":"我同意接收邮件。","language":"zh"}}',
        "Consent.Withdrawn": f'{{{CUSTOMER},"channel":"email","reason":"Too many"}}',
    }


def test_a_unit_is_told_with_its_name_in_both_languages(the_headquarters: Unit) -> None:
    store = Unit.open(
        code="tianhe",
        name=UnitName(en="Tianhe store", zh="天河店"),
        kind=UnitKind.STORE,
        store_kind=StoreKind.SHOP_IN_SHOP,
        ownership=Ownership.FRANCHISED,
        parent=the_headquarters,
        city="广州",
    )

    assert said(store) == {
        "Unit.Opened": f'{{"unit_id":"{store.id}","code":"tianhe","name":{{"en":"Tianhe store","zh":"天河店"}},'
        '"kind":"store","store_kind":"shop_in_shop","ownership":"franchised","parent_code":"hq","city":"广州"}'
    }


def test_only_the_facts_listed_here_stay_private(
    ms_chen: Customer, a_touch: Touch, a_ledger_with_mail: Consent, the_headquarters: Unit
) -> None:
    ms_chen.correct(replace(ms_chen.details, name="陈莉"), reason="Misheard", at=NOON)
    ms_chen.list_as(ImportanceListing.RED, reason="Buys for a school")
    a_ledger_with_mail.withdraw(ConsentChannel.EMAIL, reason="Too many")

    told = said(ms_chen, a_touch, a_ledger_with_mail, the_headquarters)

    kinds = {
        f"{aggregate.__name__}.{name}"
        for aggregate in SERVICE.aggregates
        for name, kind in vars(aggregate).items()
        if isinstance(kind, type) and issubclass(kind, Aggregate.Event) and name not in ("Event", "Created")
    }
    assert kinds - set(told) == PRIVATE
