"""`python -m crm_sales serve | relay | project | work | run`: what the service is made of."""

from crm_chassis.process import main
from crm_chassis.service import Service
from crm_sales.api import COMMANDS, HISTORY, router
from crm_sales.application import SalesApplication
from crm_sales.policies import DEADLINES, POLICIES
from crm_sales.publishing import publish
from crm_sales.settings import Settings
from crm_sales.subscribers import READ_MODELS

SERVICE = Service(
    name="sales",
    about="From the first interest to the money: leads, opportunities and their funnel, orders, payments, returns.",
    application=SalesApplication,
    publish=publish,
    read_models=READ_MODELS,
    routers=(COMMANDS, router, HISTORY),
    settings=Settings,
    policies=POLICIES,
    deadlines=DEADLINES,
)

if __name__ == "__main__":
    main(SERVICE)
