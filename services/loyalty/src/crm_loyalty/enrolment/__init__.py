"""Enrolment: a customer becomes a member with a points account and a card, and a counter sees the whole member."""

from crm_chassis.slice import Slice, handlers_of
from crm_loyalty.enrolment import handlers
from crm_loyalty.enrolment.api import router

__all__ = ["ENROLMENT"]

ENROLMENT = Slice(name="enrolment", handlers=handlers_of(handlers), routers=(router,))
