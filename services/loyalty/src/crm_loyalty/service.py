"""What loyalty is made of: its slices, in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_chassis.slice import Slice
from crm_loyalty import handlers
from crm_loyalty.api import router
from crm_loyalty.domain.card import Card
from crm_loyalty.domain.membership import Membership
from crm_loyalty.domain.points_account import PointsAccount
from crm_loyalty.policies import DEADLINES, POLICIES
from crm_loyalty.publishing import publish
from crm_loyalty.settings import Settings
from crm_loyalty.subscribers import READ_MODELS

SERVICE = Service(
    name="loyalty",
    about="What a customer's loyalty is worth, exactly: members, cards, and points by the lot.",
    slices=(
        Slice(
            name="loyalty",
            aggregates=(Membership, Card, PointsAccount),
            handlers=(
                handlers.enrol,
                handlers.issue_card,
                handlers.earn_points,
                handlers.take_back_points,
                handlers.redeem_points,
            ),
            internal_handlers=(
                handlers.expire_lot,
                handlers.grant_goodwill,
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
