"""Touches: every meeting of a customer and the company, at whatever contact point."""

from crm_chassis.slice import Slice
from crm_contacts.touches.handlers import record_touch
from crm_contacts.touches.publishing import publish
from crm_contacts.touches.touch import Touch

__all__ = ["TOUCHES", "Touch"]

TOUCHES = Slice(name="touches", aggregates=(Touch,), handlers=(record_touch,), publish=publish)
