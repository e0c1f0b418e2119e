"""What sales is made of: its slices, in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_chassis.slice import Slice
from crm_sales import handlers
from crm_sales.api import router
from crm_sales.domain.lead import Lead
from crm_sales.domain.opportunity import Opportunity
from crm_sales.domain.order import Order
from crm_sales.policies import DEADLINES, POLICIES
from crm_sales.publishing import publish
from crm_sales.settings import Settings
from crm_sales.subscribers import READ_MODELS

SERVICE = Service(
    name="sales",
    about="From the first interest to the money: leads, opportunities and their funnel, orders, payments, returns.",
    slices=(
        Slice(
            name="sales",
            aggregates=(Lead, Opportunity, Order),
            handlers=(
                handlers.capture_lead,
                handlers.assign_lead,
                handlers.convert_lead,
                handlers.open_opportunity,
                handlers.move_opportunity,
                handlers.win_opportunity,
                handlers.lose_opportunity,
                handlers.place_order,
                handlers.take_payment,
                handlers.return_order,
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
