"""`python -m crm_support serve | relay | project | work | run`: what the service is made of."""

from crm_chassis.process import main
from crm_chassis.service import Service
from crm_support.api import COMMANDS, HISTORY, router
from crm_support.application import SupportApplication
from crm_support.policies import DEADLINES, POLICIES
from crm_support.publishing import publish
from crm_support.settings import Settings
from crm_support.subscribers import READ_MODELS

SERVICE = Service(
    name="support",
    about="Every problem of a customer in one place, told to everybody: cases, ratings, visits after a sale.",
    application=SupportApplication,
    publish=publish,
    read_models=READ_MODELS,
    routers=(COMMANDS, router, HISTORY),
    settings=Settings,
    policies=POLICIES,
    deadlines=DEADLINES,
)

if __name__ == "__main__":
    main(SERVICE)
