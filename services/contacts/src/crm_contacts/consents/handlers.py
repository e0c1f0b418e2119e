"""Handlers of the commands about consent."""

from uuid import UUID

from crm_contacts.consents.commands import GiveConsent, WithdrawConsent
from crm_contacts.consents.consent import Consent, ledger_id
from crm_contacts.customers import Customer
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext


def give_consent(command: GiveConsent, app: Application, context: CommandContext) -> CommandResult:
    ledger = _ledger(command.customer_id, app, context)
    ledger.give(command.channel, text_shown=command.text_shown, language=command.language)
    return app.save(ledger, context=context)


def withdraw_consent(command: WithdrawConsent, app: Application, context: CommandContext) -> CommandResult:
    ledger = _ledger(command.customer_id, app, context)
    ledger.withdraw(command.channel, reason=command.reason)
    return app.save(ledger, context=context)


def _ledger(customer_id: UUID, app: Application, context: CommandContext) -> Consent:
    """Return the customer's consent ledger; the first entry opens it. The expected version is the ledger's."""
    customer = app.load(Customer, customer_id)
    if ledger_id(customer.id) in app.repository:
        return app.load(Consent, ledger_id(customer.id), expected_version=context.expected_version)
    return Consent(customer_id=customer.id)
