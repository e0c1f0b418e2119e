"""The contacts service: its slices in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_contacts.consents import CONSENTS
from crm_contacts.customers import CUSTOMERS
from crm_contacts.settings import Settings
from crm_contacts.touches import TOUCHES
from crm_contacts.units import UNITS

SERVICE = Service(
    name="contacts",
    about="Who the customer is, every touch with them, what they consented to, and the tree of the organisation.",
    slices=(UNITS, CUSTOMERS, TOUCHES, CONSENTS, CUSTOMER_HISTORY),
    settings=Settings,
)
