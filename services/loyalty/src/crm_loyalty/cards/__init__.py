"""Cards: what members show at the counter, each with a number of its own."""

from crm_chassis.slice import Slice
from crm_loyalty.cards.api import Card as CardShown
from crm_loyalty.cards.api import router
from crm_loyalty.cards.card import Card
from crm_loyalty.cards.handlers import issue_card, new_card
from crm_loyalty.cards.publishing import publish
from crm_loyalty.cards.read_models import cards

__all__ = ["CARDS", "CardShown", "cards", "new_card"]

CARDS = Slice(
    name="cards",
    aggregates=(Card,),
    handlers=(issue_card,),
    publish=publish,
    read_models=(cards.READ_MODEL,),
    routers=(router,),
)
