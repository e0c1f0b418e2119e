"""Points: earned in lots, spent soonest expiry first, taken back with returned goods, expired by lot."""

from crm_chassis.slice import Slice, handlers_of
from crm_loyalty.points import handlers
from crm_loyalty.points.api import router
from crm_loyalty.points.explanation import balance_of
from crm_loyalty.points.points_account import PointsAccount
from crm_loyalty.points.policies import DEADLINES, POLICIES
from crm_loyalty.points.publishing import publish
from crm_loyalty.points.read_models import balance, explanation

__all__ = ["POINTS", "PointsAccount", "balance_of"]

POINTS = Slice(
    name="points",
    aggregates=(PointsAccount,),
    handlers=handlers_of(handlers, but=(handlers.expire_lot, handlers.grant_goodwill)),
    internal_handlers=(handlers.expire_lot, handlers.grant_goodwill),
    publish=publish,
    read_models=(balance.READ_MODEL, explanation.READ_MODEL),
    policies=POLICIES,
    deadlines=DEADLINES,
    routers=(router,),
)
