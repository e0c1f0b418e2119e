"""Handlers of the commands about one message."""

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_marketing.messages.commands import (
    HandOverMessage,
    RecordAcceptance,
    RecordAnswer,
    RecordBounce,
    RecordUnknownOutcome,
)
from crm_marketing.messages.message import Message


def hand_over_message(command: HandOverMessage, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.hand_over(language=command.language, rule=command.rule)
    return app.save(message, context=context)


def record_acceptance(command: RecordAcceptance, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.accept(command.provider_reference)
    return app.save(message, context=context)


def record_bounce(command: RecordBounce, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.bounce(command.reason)
    return app.save(message, context=context)


def record_unknown_outcome(command: RecordUnknownOutcome, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.mark_outcome_unknown(command.reason)
    return app.save(message, context=context)


def record_answer(command: RecordAnswer, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.answer(command.answer)
    return app.save(message, context=context)
