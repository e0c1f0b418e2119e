"""The handler of the command about touches."""

from crm_contacts.customers import Customer
from crm_contacts.touches.commands import RecordTouch
from crm_contacts.touches.touch import Touch, TouchAlreadyRecorded
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext


def record_touch(command: RecordTouch, app: Application, context: CommandContext) -> CommandResult:
    customer = app.load(Customer, command.customer_id)
    if command.touch_id and command.touch_id in app.repository:
        raise TouchAlreadyRecorded("touch_id", command.touch_id)
    touch = Touch(
        touch_id=command.touch_id or context.new_id("touch"),
        customer_id=customer.id,
        channel=command.channel,
        place=command.place,
        direction=command.direction,
        subject=command.subject,
        learned=command.learned,
    )
    return app.save(touch, context=context)
