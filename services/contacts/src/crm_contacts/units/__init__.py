"""Units of the organisation: the tree from the headquarters down to the stores."""

from crm_chassis.slice import Slice, handlers_of
from crm_contacts.units import handlers
from crm_contacts.units.api import router
from crm_contacts.units.publishing import publish
from crm_contacts.units.read_models import units
from crm_contacts.units.unit import Unit, unit_id

__all__ = ["UNITS", "Unit", "unit_id"]

UNITS = Slice(
    name="units",
    aggregates=(Unit,),
    handlers=handlers_of(handlers),
    publish=publish,
    read_models=(units.READ_MODEL,),
    routers=(router,),
)
