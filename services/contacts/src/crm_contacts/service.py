"""What contacts is made of: its slices, in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_chassis.slice import Slice
from crm_contacts import handlers
from crm_contacts.api import router
from crm_contacts.domain.consent import Consent
from crm_contacts.domain.customer import Customer
from crm_contacts.domain.touch import Touch
from crm_contacts.domain.unit import Unit
from crm_contacts.policies import DEADLINES, POLICIES
from crm_contacts.publishing import publish
from crm_contacts.settings import Settings
from crm_contacts.subscribers import READ_MODELS

SERVICE = Service(
    name="contacts",
    about="Who the customer is, every touch with them, what they consented to, and the tree of the organisation.",
    slices=(
        Slice(
            name="contacts",
            aggregates=(Customer, Touch, Consent, Unit),
            handlers=(
                handlers.register_customer,
                handlers.register_customers,
                handlers.correct_details,
                handlers.list_importance,
                handlers.record_touch,
                handlers.give_consent,
                handlers.withdraw_consent,
                handlers.open_unit,
            ),
            publish=publish,
            read_models=READ_MODELS,
            policies=POLICIES,
            deadlines=DEADLINES,
            routers=(router,),
        ),
        CUSTOMER_HISTORY,
    ),
    settings=Settings,
)
