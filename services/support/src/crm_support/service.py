"""The composition of support: its slices, in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_support.cases import CASES
from crm_support.ratings import RATINGS
from crm_support.settings import Settings
from crm_support.visits import VISITS

SERVICE = Service(
    name="support",
    about="Every problem of a customer in one place, told to everybody: cases, ratings, visits after a sale.",
    slices=(CASES, VISITS, RATINGS, CUSTOMER_HISTORY),
    settings=Settings,
)
