"""The composition of loyalty: its slices, in the order of dependence."""

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_loyalty.cards import CARDS
from crm_loyalty.enrolment import ENROLMENT
from crm_loyalty.members import MEMBERS
from crm_loyalty.points import POINTS
from crm_loyalty.programme import PROGRAMME
from crm_loyalty.settings import Settings

SERVICE = Service(
    name="loyalty",
    about="What a customer's loyalty is worth, exactly: members, cards, and points by the lot.",
    slices=(PROGRAMME, MEMBERS, CARDS, POINTS, ENROLMENT, CUSTOMER_HISTORY),
    settings=Settings,
)
