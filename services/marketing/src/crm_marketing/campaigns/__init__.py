"""Campaigns, from plan over approval to launch, and the audience they write to."""

from crm_chassis.slice import Slice, handlers_of
from crm_marketing.campaigns import handlers
from crm_marketing.campaigns.api import LAUNCH, router
from crm_marketing.campaigns.campaign import Campaign
from crm_marketing.campaigns.effects import effects_of
from crm_marketing.campaigns.publishing import publish
from crm_marketing.campaigns.read_models import audience, campaigns, open_cases_of_customers, sales_of_campaign

__all__ = ["CAMPAIGNS"]

CAMPAIGNS = Slice(
    name="campaigns",
    aggregates=(Campaign,),
    handlers=handlers_of(handlers, but=(handlers.launch_campaign,)),
    # Asked over HTTP too, by the router that looks for a mail server first.
    internal_handlers=(handlers.launch_campaign,),
    publish=publish,
    read_models=(
        campaigns.READ_MODEL,
        sales_of_campaign.READ_MODEL,
        audience.READ_MODEL,
        open_cases_of_customers.READ_MODEL,
    ),
    effects=effects_of,
    routers=(LAUNCH, router),
)
