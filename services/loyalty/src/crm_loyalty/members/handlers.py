"""The look-up of a membership for the handlers of later slices; enrolment itself opens an account and issues a card."""

from uuid import UUID

from crm_eventlog.application import Application
from crm_kernel import NotFound
from crm_loyalty.members.errors import CustomerNotEnrolled
from crm_loyalty.members.membership import Membership, member_id


def membership_of(app: Application, customer_id: UUID) -> Membership:
    """Return the membership of a customer; `CustomerNotEnrolled` when there is none."""
    try:
        return app.load(Membership, member_id(customer_id))
    except NotFound:
        raise CustomerNotEnrolled("customer_id", customer_id) from None
