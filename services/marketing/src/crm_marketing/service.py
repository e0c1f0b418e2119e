"""The marketing service: its slices, in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_marketing.campaigns import CAMPAIGNS
from crm_marketing.messages import MESSAGES
from crm_marketing.settings import Settings

SERVICE = Service(
    name="marketing",
    about="The right word to the right customer, measured: campaigns, their messages and what came of them.",
    slices=(MESSAGES, CAMPAIGNS, CUSTOMER_HISTORY),
    settings=Settings,
)
