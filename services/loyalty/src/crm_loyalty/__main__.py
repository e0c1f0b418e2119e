"""`python -m crm_loyalty serve | relay | project | work | run`: what the service is made of."""

from crm_chassis.process import main
from crm_chassis.service import Service
from crm_loyalty.api import COMMANDS, HISTORY, router
from crm_loyalty.application import LoyaltyApplication
from crm_loyalty.policies import DEADLINES, POLICIES
from crm_loyalty.publishing import publish
from crm_loyalty.settings import Settings
from crm_loyalty.subscribers import READ_MODELS

SERVICE = Service(
    name="loyalty",
    about="What a customer's loyalty is worth, exactly: members, cards, and points by the lot.",
    application=LoyaltyApplication,
    publish=publish,
    read_models=READ_MODELS,
    routers=(COMMANDS, router, HISTORY),
    settings=Settings,
    policies=POLICIES,
    deadlines=DEADLINES,
)

if __name__ == "__main__":
    main(SERVICE)
