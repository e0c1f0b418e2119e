"""What marketing is made of: its slices, in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_chassis.slice import Slice
from crm_marketing import handlers
from crm_marketing.api import LAUNCH, router
from crm_marketing.domain.campaign import Campaign
from crm_marketing.domain.message import Message
from crm_marketing.effects import effects_of
from crm_marketing.policies import DEADLINES, POLICIES
from crm_marketing.publishing import publish
from crm_marketing.settings import Settings
from crm_marketing.subscribers import READ_MODELS

SERVICE = Service(
    name="marketing",
    about="The right word to the right customer, measured: campaigns, their messages and what came of them.",
    slices=(
        Slice(
            name="marketing",
            aggregates=(Campaign, Message),
            handlers=(
                handlers.plan_campaign,
                handlers.submit_campaign,
                handlers.approve_campaign,
                handlers.reject_campaign,
                handlers.request_messages,
                handlers.leave_out_customers,
                handlers.record_acceptance,
                handlers.record_bounce,
                handlers.record_answer,
            ),
            internal_handlers=(
                handlers.launch_campaign,
                handlers.hand_over_message,
                handlers.record_unknown_outcome,
            ),
            publish=publish,
            read_models=READ_MODELS,
            policies=POLICIES,
            deadlines=DEADLINES,
            effects=effects_of,
            routers=(LAUNCH, router),
        ),
        CUSTOMER_HISTORY,
    ),
    settings=Settings,
)
