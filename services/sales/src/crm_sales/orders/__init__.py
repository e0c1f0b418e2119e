"""Orders: what customers bought, what was paid for it, what came back and what is still owed."""

from crm_chassis.slice import Slice, handlers_of
from crm_sales.orders import handlers
from crm_sales.orders.api import router
from crm_sales.orders.order import Order
from crm_sales.orders.policies import POLICIES
from crm_sales.orders.publishing import publish
from crm_sales.orders.read_models import orders_of_customer, receivables

__all__ = ["ORDERS"]

ORDERS = Slice(
    name="orders",
    aggregates=(Order,),
    handlers=handlers_of(handlers),
    publish=publish,
    read_models=(orders_of_customer.READ_MODEL, receivables.READ_MODEL),
    policies=POLICIES,
    routers=(router,),
)
