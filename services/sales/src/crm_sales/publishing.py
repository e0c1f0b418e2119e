"""What sales says of its facts: the only place where they become public events."""

from typing import Any
from uuid import UUID

from crm_events import PublicEvent
from crm_events import sales as say
from crm_events.values import Channel
from crm_events.values import Money as Amount
from crm_sales.domain.lead import Lead
from crm_sales.domain.money import Money
from crm_sales.domain.opportunity import Opportunity
from crm_sales.domain.order import Order
from crm_sales.domain.order_line import OrderLine, ReturnedLine


def publish(fact: Any, customer_id: UUID) -> PublicEvent | None:
    """The public event of a fact; None where it stays private. `customer_id` is the stream's partition key."""
    match fact:
        case Lead.Event():
            return _of_lead(fact, {"customer_id": customer_id, "lead_id": fact.originator_id})
        case Opportunity.Event():
            return _of_opportunity(fact, {"customer_id": customer_id, "opportunity_id": fact.originator_id})
        case Order.Event():
            return _of_order(fact, {"customer_id": customer_id, "order_id": fact.originator_id})
        case _:
            return None


def _of_lead(fact: Any, lead: dict[str, Any]) -> PublicEvent | None:
    match fact:
        case Lead.Captured():
            return say.LeadCaptured(
                **lead,
                source=fact.source,
                keyword=fact.keyword,
                campaign_code=fact.campaign_code,
                interest=fact.interest,
            )
        case Lead.Assigned():
            return say.LeadAssigned(**lead, salesperson=fact.salesperson, rule=fact.rule)
        case Lead.Converted():
            return say.LeadConverted(**lead, opportunity_id=fact.opportunity_id)
        case _:
            return None


def _of_opportunity(fact: Any, opportunity: dict[str, Any]) -> PublicEvent | None:
    match fact:
        case Opportunity.Opened():
            return say.OpportunityOpened(
                **opportunity,
                lead_id=fact.lead_id,
                title=fact.title,
                expected=_amount(fact.expected),
                stage=fact.stage,
                salesperson=fact.salesperson,
                campaign_code=fact.campaign_code,
            )
        case Opportunity.Moved():
            return say.OpportunityMoved(**opportunity, before=fact.before, after=fact.after, why=fact.why)
        case Opportunity.Won():
            return say.OpportunityWon(**opportunity, order_id=fact.order_id)
        case Opportunity.Lost():
            return say.OpportunityLost(**opportunity, stage=fact.stage, reason=fact.reason)
        case _:
            return None


def _of_order(fact: Any, order: dict[str, Any]) -> PublicEvent | None:
    match fact:
        case Order.Placed():
            return say.OrderPlaced(
                **order,
                lines=tuple(_line(line) for line in fact.lines),
                total=_amount(fact.total),
                unit=fact.unit,
                channel=Channel(fact.channel),
                opportunity_id=fact.opportunity_id,
                campaign_code=fact.campaign_code,
            )
        case Order.PaymentTaken():
            return say.PaymentTaken(
                **order,
                payment_id=fact.payment_id,
                amount=_amount(fact.amount),
                means=say.PaymentMeans(fact.means),
                outstanding=_amount(fact.outstanding),
            )
        case Order.Returned():
            return _order_returned(fact, order)
        case _:
            return None


def _order_returned(fact: Any, order: dict[str, Any]) -> PublicEvent:
    return say.OrderReturned(
        **order,
        return_id=fact.return_id,
        lines=tuple(_returned(line) for line in fact.lines),
        refund=_amount(fact.refund),
        whole=fact.whole,
        order_total=_amount(fact.order_total),
        reason=fact.reason,
    )


def _amount(money: Money) -> Amount:
    return Amount(amount=money.amount, currency=money.currency)


def _line(line: OrderLine) -> say.OrderLine:
    return say.OrderLine(
        line=line.line,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit_price=_amount(line.unit_price),
        total=_amount(line.total),
        assistant=line.assistant,
    )


def _returned(line: ReturnedLine) -> say.ReturnedLine:
    return say.ReturnedLine(line=line.line, sku=line.sku, quantity=line.quantity, refund=_amount(line.refund))
