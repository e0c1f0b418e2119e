"""Customers: the one id for life, the details, the importance list, the card and the search."""

from crm_chassis.slice import Slice, handlers_of
from crm_contacts.customers import handlers
from crm_contacts.customers.api import router
from crm_contacts.customers.commands import BATCH, ImportRow, RegisterCustomer, RegisterCustomers
from crm_contacts.customers.customer import Customer
from crm_contacts.customers.publishing import publish
from crm_contacts.customers.read_models import customer_card, customer_search

__all__ = ["BATCH", "CUSTOMERS", "Customer", "ImportRow", "RegisterCustomer", "RegisterCustomers"]

CUSTOMERS = Slice(
    name="customers",
    aggregates=(Customer,),
    handlers=handlers_of(handlers),
    publish=publish,
    read_models=(customer_card.READ_MODEL, customer_search.READ_MODEL),
    routers=(router,),
)
