"""The handlers of sales: load an aggregate, let it decide, save."""

from collections import Counter

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_sales import commands
from crm_sales.domain.assignment import ASSIGNMENT
from crm_sales.domain.channel import Channel
from crm_sales.domain.lead import Lead
from crm_sales.domain.money import Money
from crm_sales.domain.opportunity import Opportunity
from crm_sales.domain.order import Order, PaymentMeans
from crm_sales.domain.order_line import OrderLine, order_line
from crm_sales.domain.stages import STAGES


def capture_lead(command: commands.CaptureLead, app: Application, context: CommandContext) -> CommandResult:
    """Capture a lead and give it to a salesperson by the rule, in one record."""
    lead = Lead(
        lead_id=command.lead_id or context.new_id("lead"),
        customer_id=command.customer_id or context.new_id("customer"),
        source=command.source,
        interest=command.interest,
        unit=context.unit,
        keyword=command.keyword,
        campaign_code=command.campaign_code,
        city=command.city,
    )
    lead.assign_by(ASSIGNMENT)
    return app.save(lead, context=context)


def assign_lead(command: commands.AssignLead, app: Application, context: CommandContext) -> CommandResult:
    lead = app.load(Lead, command.lead_id, expected_version=context.expected_version)
    lead.assign_to(command.salesperson, reason=command.reason)
    return app.save(lead, context=context)


def convert_lead(command: commands.ConvertLead, app: Application, context: CommandContext) -> CommandResult:
    """Make an opportunity of a lead, both in one record.

    The answer is about the opportunity, because that is where the caller goes on; `If-Match` is about the lead.
    """
    lead = app.load(Lead, command.lead_id, expected_version=context.expected_version)
    opportunity = Opportunity.open(
        command.opportunity_id or context.new_id("opportunity"),
        customer_id=lead.customer_id,
        title=command.title,
        expected=_money(command.expected, "expected"),
        stage=command.stage,
        stages=STAGES,
        salesperson=lead.salesperson or context.actor,
        lead_id=lead.id,
        campaign_code=lead.campaign_code,
    )
    lead.convert(opportunity.id)
    return app.save(opportunity, lead, context=context)


def open_opportunity(command: commands.OpenOpportunity, app: Application, context: CommandContext) -> CommandResult:
    opportunity = Opportunity.open(
        command.opportunity_id or context.new_id("opportunity"),
        customer_id=command.customer_id,
        title=command.title,
        expected=_money(command.expected, "expected"),
        stage=command.stage,
        stages=STAGES,
        salesperson=command.salesperson or context.actor,
        campaign_code=command.campaign_code,
    )
    return app.save(opportunity, context=context)


def move_opportunity(command: commands.MoveOpportunity, app: Application, context: CommandContext) -> CommandResult:
    opportunity = app.load(Opportunity, command.opportunity_id, expected_version=context.expected_version)
    opportunity.move(command.stage, why=command.why, stages=STAGES)
    return app.save(opportunity, context=context)


def win_opportunity(command: commands.WinOpportunity, app: Application, context: CommandContext) -> CommandResult:
    opportunity = app.load(Opportunity, command.opportunity_id, expected_version=context.expected_version)
    order = app.load(Order, command.order_id)
    opportunity.win(order.id, ordered_by=order.customer_id)
    return app.save(opportunity, context=context)


def lose_opportunity(command: commands.LoseOpportunity, app: Application, context: CommandContext) -> CommandResult:
    opportunity = app.load(Opportunity, command.opportunity_id, expected_version=context.expected_version)
    opportunity.lose(command.reason)
    return app.save(opportunity, context=context)


def place_order(command: commands.PlaceOrder, app: Application, context: CommandContext) -> CommandResult:
    order = Order.place(
        command.order_id or context.new_id("order"),
        customer_id=command.customer_id,
        lines=tuple(_line(number, line) for number, line in enumerate(command.lines, start=1)),
        unit=command.unit or context.unit,
        channel=Channel(command.channel),
        opportunity_id=command.opportunity_id,
        campaign_code=command.campaign_code or _campaign_of(command, app),
    )
    return app.save(order, context=context)


def take_payment(command: commands.TakePayment, app: Application, context: CommandContext) -> CommandResult:
    order = app.load(Order, command.order_id, expected_version=context.expected_version)
    order.take_payment(
        command.payment_id or context.new_id("payment"),
        amount=_money(command.amount, "amount"),
        means=PaymentMeans(command.means),
    )
    return app.save(order, context=context)


def return_order(command: commands.ReturnOrder, app: Application, context: CommandContext) -> CommandResult:
    """Take goods back; a line that is named twice comes back with both quantities."""
    order = app.load(Order, command.order_id, expected_version=context.expected_version)
    pieces: Counter[int] = Counter()
    for line in command.lines:
        pieces[line.line] += line.quantity
    order.take_back(command.return_id or context.new_id("return"), pieces=pieces, reason=command.reason)
    return app.save(order, context=context)


def _campaign_of(command: commands.PlaceOrder, app: Application) -> str | None:
    """The campaign that brought the opportunity of this order; an order is never refused for its stage."""
    if command.opportunity_id is None:
        return None
    opportunity = app.load(Opportunity, command.opportunity_id)
    opportunity.refuse_other_customer(command.customer_id)
    return opportunity.campaign_code


def _money(given: commands.Amount, field: str) -> Money:
    return Money.of(given.exact, given.currency, field=field)


def _line(number: int, given: commands.OrderedLine) -> OrderLine:
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
