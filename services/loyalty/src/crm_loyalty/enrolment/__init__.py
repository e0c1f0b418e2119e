"""Enrolment: a customer becomes a member with a points account and a card, and a counter sees the whole member."""

from crm_chassis.slice import Slice
from crm_loyalty.enrolment.api import router
from crm_loyalty.enrolment.handlers import enrol

__all__ = ["ENROLMENT"]

ENROLMENT = Slice(name="enrolment", handlers=(enrol,), routers=(router,))
