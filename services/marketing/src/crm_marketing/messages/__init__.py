"""Messages: one at most from a campaign to a customer, with its outcome and its answer."""

from crm_chassis.slice import Slice, handlers_of
from crm_marketing.messages import handlers
from crm_marketing.messages.api import router
from crm_marketing.messages.commands import HandOverMessage, RecordAcceptance, RecordBounce, RecordUnknownOutcome
from crm_marketing.messages.errors import MessageAlreadyRequested
from crm_marketing.messages.message import Message, message_id
from crm_marketing.messages.publishing import publish
from crm_marketing.messages.read_models import messages_of_campaign

__all__ = [
    "MESSAGES",
    "HandOverMessage",
    "Message",
    "MessageAlreadyRequested",
    "RecordAcceptance",
    "RecordBounce",
    "RecordUnknownOutcome",
    "message_id",
    "messages_of_campaign",
]

MESSAGES = Slice(
    name="messages",
    aggregates=(Message,),
    handlers=handlers_of(handlers, but=(handlers.hand_over_message, handlers.record_unknown_outcome)),
    internal_handlers=(handlers.hand_over_message, handlers.record_unknown_outcome),
    publish=publish,
    read_models=(messages_of_campaign.READ_MODEL,),
    routers=(router,),
)
