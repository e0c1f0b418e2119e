"""`python -m crm_marketing serve | relay | project | work | run`: what the service is made of."""

from crm_chassis.process import main
from crm_chassis.service import Service
from crm_marketing.api import COMMANDS, HISTORY, LAUNCH, router
from crm_marketing.application import MarketingApplication
from crm_marketing.effects import effects_of
from crm_marketing.policies import DEADLINES, POLICIES
from crm_marketing.publishing import publish
from crm_marketing.settings import Settings
from crm_marketing.subscribers import READ_MODELS

SERVICE = Service(
    name="marketing",
    about="The right word to the right customer, measured: campaigns, their messages and what came of them.",
    application=MarketingApplication,
    publish=publish,
    read_models=READ_MODELS,
    routers=(COMMANDS, LAUNCH, router, HISTORY),
    settings=Settings,
    policies=POLICIES,
    deadlines=DEADLINES,
    effects=effects_of,
)

if __name__ == "__main__":
    main(SERVICE)
