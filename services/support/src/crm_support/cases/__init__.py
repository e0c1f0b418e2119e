"""Cases: what customers come to us with, from opening to resolution."""

from crm_chassis.slice import Slice, handlers_of
from crm_support.cases import handlers
from crm_support.cases.api import router
from crm_support.cases.case import Case
from crm_support.cases.policies import DEADLINES
from crm_support.cases.publishing import publish
from crm_support.cases.read_models import cases

__all__ = ["CASES", "Case"]

CASES = Slice(
    name="cases",
    aggregates=(Case,),
    handlers=handlers_of(handlers),
    publish=publish,
    read_models=(cases.READ_MODEL,),
    deadlines=DEADLINES,
    routers=(router,),
)
