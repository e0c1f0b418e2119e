"""Every command of sales: load, ask, record."""

from collections import Counter
from dataclasses import replace

from crm_eventlog.application import Application, Done
from crm_eventlog.circumstances import Circumstances
from crm_sales import commands as ask
from crm_sales.domain.assignment import ASSIGNMENT
from crm_sales.domain.channel import Channel
from crm_sales.domain.lead import Lead
from crm_sales.domain.money import Money
from crm_sales.domain.opportunity import Opportunity
from crm_sales.domain.order import Order, PaymentMeans
from crm_sales.domain.order_line import OrderLine, order_line
from crm_sales.domain.stages import STAGES


class SalesApplication(Application):
    """One method per command."""

    name = "sales"
    aggregates = (Lead, Opportunity, Order)
    stages = STAGES

    def capture_lead(self, command: ask.CaptureLead, said: Circumstances) -> Done:
        """Capture a lead and give it to a salesperson by the rule, in one record."""
        lead = Lead(
            lead_id=command.lead_id or said.new_id("lead"),
            customer_id=command.customer_id or said.new_id("customer"),
            source=command.source,
            interest=command.interest,
            unit=said.unit,
            keyword=command.keyword,
            campaign_code=command.campaign_code,
            city=command.city,
        )
        lead.assign_by(ASSIGNMENT)
        return self.record(lead, said=said)

    def assign_lead(self, command: ask.AssignLead, said: Circumstances) -> Done:
        lead = self.load(Lead, command.lead_id, said)
        lead.assign_to(command.salesperson, reason=command.reason)
        return self.record(lead, said=said)

    def convert_lead(self, command: ask.ConvertLead, said: Circumstances) -> Done:
        """Make an opportunity of a lead, both in one record.

        The answer is about the opportunity, because that is where the caller goes on; `If-Match` is about the lead.
        """
        lead = self.load(Lead, command.lead_id, said)
        opportunity = Opportunity.open(
            command.opportunity_id or said.new_id("opportunity"),
            customer_id=lead.customer_id,
            title=command.title,
            expected=_money(command.expected, "expected"),
            stage=command.stage,
            stages=STAGES,
            salesperson=lead.salesperson or said.actor,
            lead_id=lead.id,
            campaign_code=lead.campaign_code,
        )
        lead.convert(opportunity.id)
        return self.record(opportunity, lead, said=said)

    def open_opportunity(self, command: ask.OpenOpportunity, said: Circumstances) -> Done:
        opportunity = Opportunity.open(
            command.opportunity_id or said.new_id("opportunity"),
            customer_id=command.customer_id,
            title=command.title,
            expected=_money(command.expected, "expected"),
            stage=command.stage,
            stages=STAGES,
            salesperson=command.salesperson or said.actor,
            campaign_code=command.campaign_code,
        )
        return self.record(opportunity, said=said)

    def move_opportunity(self, command: ask.MoveOpportunity, said: Circumstances) -> Done:
        opportunity = self.load(Opportunity, command.opportunity_id, said)
        opportunity.move(command.stage, why=command.why, stages=STAGES)
        return self.record(opportunity, said=said)

    def win_opportunity(self, command: ask.WinOpportunity, said: Circumstances) -> Done:
        opportunity = self.load(Opportunity, command.opportunity_id, said)
        order = self.load(Order, command.order_id, _any_version(said))
        opportunity.win(order.id, ordered_by=order.customer_id)
        return self.record(opportunity, said=said)

    def lose_opportunity(self, command: ask.LoseOpportunity, said: Circumstances) -> Done:
        opportunity = self.load(Opportunity, command.opportunity_id, said)
        opportunity.lose(command.reason)
        return self.record(opportunity, said=said)

    def place_order(self, command: ask.PlaceOrder, said: Circumstances) -> Done:
        order = Order.place(
            command.order_id or said.new_id("order"),
            customer_id=command.customer_id,
            lines=tuple(_line(number, line) for number, line in enumerate(command.lines, start=1)),
            unit=command.unit or said.unit,
            channel=Channel(command.channel),
            opportunity_id=command.opportunity_id,
            campaign_code=command.campaign_code or self._campaign_of(command, said),
        )
        return self.record(order, said=said)

    def take_payment(self, command: ask.TakePayment, said: Circumstances) -> Done:
        order = self.load(Order, command.order_id, said)
        order.take_payment(
            command.payment_id or said.new_id("payment"),
            amount=_money(command.amount, "amount"),
            means=PaymentMeans(command.means),
        )
        return self.record(order, said=said)

    def return_order(self, command: ask.ReturnOrder, said: Circumstances) -> Done:
        """Take goods back; a line that is named twice comes back with both quantities."""
        order = self.load(Order, command.order_id, said)
        pieces: Counter[int] = Counter()
        for line in command.lines:
            pieces[line.line] += line.quantity
        order.take_back(command.return_id or said.new_id("return"), pieces=pieces, reason=command.reason)
        return self.record(order, said=said)

    def _campaign_of(self, command: ask.PlaceOrder, said: Circumstances) -> str | None:
        """The campaign that brought the opportunity of this order; an order is never refused for its stage."""
        if command.opportunity_id is None:
            return None
        opportunity = self.load(Opportunity, command.opportunity_id, _any_version(said))
        opportunity.refuse_other_customer(command.customer_id)
        return opportunity.campaign_code


def _any_version(said: Circumstances) -> Circumstances:
    """For looking at a second aggregate: `If-Match` speaks of the one the command is about."""
    return replace(said, only_if_version=None)


def _money(given: ask.Amount, field: str) -> Money:
    return Money.of(given.exact, given.currency, field=field)


def _line(number: int, given: ask.OrderedLine) -> OrderLine:
    where = f"lines.{number - 1}"
    return order_line(
        number,
        sku=given.sku,
        name=given.name,
        quantity=given.quantity,
        unit_price=_money(given.unit_price, f"{where}.unit_price"),
        total=_money(given.total, f"{where}.total") if given.total else None,
        assistant=given.assistant,
    )
