"""Composition of sales: its slices in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_sales.leads import LEADS
from crm_sales.opportunities import OPPORTUNITIES
from crm_sales.orders import ORDERS
from crm_sales.settings import Settings

SERVICE = Service(
    name="sales",
    about="From the first interest to the money: leads, opportunities and their funnel, orders, payments, returns.",
    slices=(OPPORTUNITIES, LEADS, ORDERS, CUSTOMER_HISTORY),
    settings=Settings,
)
