"""Sales over HTTP: commands in, read models out."""

from fastapi import APIRouter

from crm_chassis.web import Language, Reading, command_router
from crm_history import history_router
from crm_sales.api import leads, opportunities, orders
from crm_sales.application import SalesApplication

COMMANDS = command_router(
    SalesApplication,
    "capture_lead",
    "assign_lead",
    "convert_lead",
    "open_opportunity",
    "move_opportunity",
    "win_opportunity",
    "lose_opportunity",
    "place_order",
    "take_payment",
    "return_order",
)
HISTORY = history_router(Reading, Language)
router = APIRouter(tags=["sales"])
for part in (leads, opportunities, orders):
    router.include_router(part.router)
