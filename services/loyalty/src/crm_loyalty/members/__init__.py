"""Members: the customers who belong to the programme, and their levels."""

from crm_chassis.slice import Slice
from crm_loyalty.members.errors import CustomerAlreadyEnrolled, CustomerNotEnrolled
from crm_loyalty.members.membership import Membership, member_id
from crm_loyalty.members.publishing import publish
from crm_loyalty.members.read_models import members
from crm_loyalty.members.wording import level_name

__all__ = [
    "MEMBERS",
    "CustomerAlreadyEnrolled",
    "CustomerNotEnrolled",
    "Membership",
    "level_name",
    "member_id",
    "members",
]

MEMBERS = Slice(name="members", aggregates=(Membership,), publish=publish, read_models=(members.READ_MODEL,))
