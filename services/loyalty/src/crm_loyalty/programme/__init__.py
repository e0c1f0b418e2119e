"""The programme: rates by level, months to spend points, goodwill; rules alone, without an aggregate."""

from crm_chassis.slice import Slice
from crm_loyalty.programme.programme import Programme
from crm_loyalty.programme.rules import Entitlement, day_of, end_of, entitlements, programme_at

__all__ = ["PROGRAMME", "Entitlement", "Programme", "day_of", "end_of", "entitlements", "programme_at"]

PROGRAMME = Slice(name="programme")
