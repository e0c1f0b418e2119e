"""Cases: what customers come to us with, from opening to resolution."""

from crm_chassis.slice import Slice
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
    handlers=(
        handlers.ask_question,
        handlers.file_complaint,
        handlers.give_feedback,
        handlers.assign_case,
        handlers.answer_case,
        handlers.resolve_case,
        handlers.declare_case_unresolvable,
        handlers.reopen_case,
        handlers.escalate_case,
    ),
    publish=publish,
    read_models=(cases.READ_MODEL,),
    deadlines=DEADLINES,
    routers=(router,),
)
