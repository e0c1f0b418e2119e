"""Leads: customers' interest, the salesperson who follows each, and the opportunity it becomes."""

from crm_chassis.slice import Slice
from crm_sales.leads.api import router
from crm_sales.leads.handlers import assign_lead, capture_lead, convert_lead
from crm_sales.leads.lead import Lead
from crm_sales.leads.publishing import publish
from crm_sales.leads.read_models import leads_of_salesperson

__all__ = ["LEADS"]

LEADS = Slice(
    name="leads",
    aggregates=(Lead,),
    handlers=(capture_lead, assign_lead, convert_lead),
    publish=publish,
    read_models=(leads_of_salesperson.READ_MODEL,),
    routers=(router,),
)
