"""Handlers of the commands about orders, and about the opportunity that ends in one."""

from collections import Counter

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_sales.opportunities import Opportunity
from crm_sales.orders.commands import OrderedLine, PlaceOrder, ReturnOrder, TakePayment, WinOpportunity
from crm_sales.orders.order import Order
from crm_sales.orders.order_line import OrderLine, order_line


def place_order(command: PlaceOrder, app: Application, context: CommandContext) -> CommandResult:
    order = Order.place(
        command.order_id or context.new_id("order"),
        customer_id=command.customer_id,
        lines=tuple(_line(number, line) for number, line in enumerate(command.lines, start=1)),
        unit=command.unit or context.unit,
        channel=command.channel,
        opportunity_id=command.opportunity_id,
        campaign_code=command.campaign_code or _campaign_of(command, app),
    )
    return app.save(order, context=context)


def take_payment(command: TakePayment, app: Application, context: CommandContext) -> CommandResult:
    order = app.load(Order, command.order_id, expected_version=context.expected_version)
    order.take_payment(
        command.payment_id or context.new_id("payment"),
        amount=command.amount.to_money("amount"),
        means=command.means,
    )
    return app.save(order, context=context)


def return_order(command: ReturnOrder, app: Application, context: CommandContext) -> CommandResult:
    """Take goods back; a line that is named twice comes back with both quantities."""
    order = app.load(Order, command.order_id, expected_version=context.expected_version)
    pieces: Counter[int] = Counter()
    for line in command.lines:
        pieces[line.line] += line.quantity
    order.take_back(command.return_id or context.new_id("return"), pieces=pieces, reason=command.reason)
    return app.save(order, context=context)


def win_opportunity(command: WinOpportunity, app: Application, context: CommandContext) -> CommandResult:
    opportunity = app.load(Opportunity, command.opportunity_id, expected_version=context.expected_version)
    order = app.load(Order, command.order_id)
    opportunity.win(order.id, ordered_by=order.customer_id)
    return app.save(opportunity, context=context)


def _campaign_of(command: PlaceOrder, app: Application) -> str | None:
    """Return the campaign that brought the opportunity of this order; its stage never stops an order."""
    if command.opportunity_id is None:
        return None
    opportunity = app.load(Opportunity, command.opportunity_id)
    opportunity.refuse_other_customer(command.customer_id)
    return opportunity.campaign_code


def _line(number: int, given: OrderedLine) -> OrderLine:
    where = f"lines.{number - 1}"
    return order_line(
        number,
        sku=given.sku,
        name=given.name,
        quantity=given.quantity,
        unit_price=given.unit_price.to_money(f"{where}.unit_price"),
        total=given.total.to_money(f"{where}.total") if given.total else None,
        assistant=given.assistant,
    )
