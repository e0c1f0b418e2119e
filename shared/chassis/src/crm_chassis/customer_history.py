"""The slice that every service shares: the customer's whole history, from the events of all five services."""

import crm_history
from crm_chassis.slice import Slice
from crm_chassis.web.language import ReaderLanguage
from crm_chassis.web.queries import ReadConnection

CUSTOMER_HISTORY = Slice(
    name="customer_history",
    read_models=(crm_history.READ_MODEL,),
    routers=(crm_history.history_router(ReadConnection, ReaderLanguage),),
)
