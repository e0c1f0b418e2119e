"""`python -m crm_contacts serve | relay | project | work | run`: what the service is made of."""

from crm_chassis.process import main
from crm_chassis.service import Service
from crm_contacts.api import COMMANDS, HISTORY, router
from crm_contacts.application import ContactsApplication
from crm_contacts.policies import DEADLINES, POLICIES
from crm_contacts.publishing import publish
from crm_contacts.settings import Settings
from crm_contacts.subscribers import READ_MODELS

SERVICE = Service(
    name="contacts",
    about="Who the customer is, every touch with them, what they consented to, and the tree of the organisation.",
    application=ContactsApplication,
    publish=publish,
    read_models=READ_MODELS,
    routers=(COMMANDS, router, HISTORY),
    settings=Settings,
    policies=POLICIES,
    deadlines=DEADLINES,
)

if __name__ == "__main__":
    main(SERVICE)
