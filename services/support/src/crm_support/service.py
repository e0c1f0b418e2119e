"""What support is made of: its slices, in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_chassis.slice import Slice
from crm_support import handlers
from crm_support.api import router
from crm_support.domain.case import Case
from crm_support.domain.rating import Rating
from crm_support.domain.visit import Visit
from crm_support.policies import DEADLINES, POLICIES
from crm_support.publishing import publish
from crm_support.settings import Settings
from crm_support.subscribers import READ_MODELS

SERVICE = Service(
    name="support",
    about="Every problem of a customer in one place, told to everybody: cases, ratings, visits after a sale.",
    slices=(
        Slice(
            name="support",
            aggregates=(Case, Rating, Visit),
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
                handlers.rate_service,
                handlers.do_visit,
                handlers.skip_visit,
            ),
            internal_handlers=(handlers.make_visit_fall_due,),
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
