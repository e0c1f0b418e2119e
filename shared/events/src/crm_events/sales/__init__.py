"""Events of sales: from the first interest to the order, its payment and its return."""

from crm_events.sales.leads import LeadAssigned, LeadCaptured, LeadConverted
from crm_events.sales.opportunities import OpportunityLost, OpportunityMoved, OpportunityOpened, OpportunityWon
from crm_events.sales.orders import OrderLine, OrderPlaced, OrderReturned, PaymentTaken, ReturnedLine
from crm_events.sales.vocabulary import PaymentMeans

__all__ = [
    "LeadAssigned",
    "LeadCaptured",
    "LeadConverted",
    "OpportunityLost",
    "OpportunityMoved",
    "OpportunityOpened",
    "OpportunityWon",
    "OrderLine",
    "OrderPlaced",
    "OrderReturned",
    "PaymentMeans",
    "PaymentTaken",
    "ReturnedLine",
]
