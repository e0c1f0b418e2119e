"""Touches: every meeting of a customer and the company, at whatever contact point."""

from crm_chassis.slice import Slice, handlers_of
from crm_contacts.touches import handlers
from crm_contacts.touches.publishing import publish
from crm_contacts.touches.touch import Touch

__all__ = ["TOUCHES", "Touch"]

TOUCHES = Slice(name="touches", aggregates=(Touch,), handlers=handlers_of(handlers), publish=publish)
