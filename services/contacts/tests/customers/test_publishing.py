"""Public events of customers as they go on the wire."""

from dataclasses import replace

from crm_chassis.testing import NOON
from crm_contacts.customers.customer import Customer
from crm_contacts.vocabulary import ImportanceListing
from services.contacts.tests.published import CUSTOMER, published


def test_a_customer_is_told_with_all_details_and_a_correction_with_the_corrected_ones(ms_chen: Customer) -> None:
    moved = (replace(ms_chen.details.addresses[0], street="体育东路 2"),)
    ms_chen.correct(replace(ms_chen.details, addresses=moved, birthday=None), reason="Moved", at=NOON)
    ms_chen.list_as(ImportanceListing.RED, reason="Buys for a school")

    address = '{"country":"CN","region":"广东","city":"广州","street":"STREET","postcode":"510000"}'
    before, after = address.replace("STREET", "天河路 1"), address.replace("STREET", "体育东路 2")
    assert published(ms_chen) == {
        "Customer.Registered": f'{{{CUSTOMER},"kind":"person","name":"陈丽","form_of_address":"女士",'
        f'"phones":["+8613800138000"],"emails":["chen.li@example.com"],"addresses":[{before}],'
        '"language":"zh","birthday":"1990-05-17"}',
        "Customer.DetailsCorrected": f'{{{CUSTOMER},"before":{{"addresses":[{before}],"birthday":"1990-05-17"}},'
        f'"after":{{"addresses":[{after}],"birthday":null}},"reason":"Moved"}}',
        "Customer.ImportanceListed": f'{{{CUSTOMER},"listing":"red","before":"general","reason":"Buys for a school"}}',
    }
