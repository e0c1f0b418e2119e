"""Handlers of the commands about customers."""

from dataclasses import replace
from uuid import UUID

from crm_contacts.customers import commands
from crm_contacts.customers.customer import Address, Customer, CustomerAlreadyRegistered, Details
from crm_eventlog.aggregate import DomainError
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext


def register_customer(command: commands.RegisterCustomer, app: Application, context: CommandContext) -> CommandResult:
    if command.customer_id and command.customer_id in app.repository:
        raise CustomerAlreadyRegistered("customer_id", command.customer_id)
    customer = _registered(command, command.customer_id or context.new_id("customer"), context)
    return app.save(customer, context=context)


def register_customers(command: commands.RegisterCustomers, app: Application, context: CommandContext) -> CommandResult:
    """Register the rows that are new, in one transaction; the result is about the first of them.

    Where all are known nothing becomes true: the result is about the first row, with an empty position.
    """
    known = app.store.existing_streams([row.customer_id for row in command.customers])
    customers = _new_customers(command.customers, known, context)
    return app.save(*(customers or [app.load(Customer, command.customers[0].customer_id)]), context=context)


def correct_details(command: commands.CorrectDetails, app: Application, context: CommandContext) -> CommandResult:
    customer = app.load(Customer, command.customer_id, expected_version=context.expected_version)
    customer.correct(_corrected(customer.details, command), reason=command.reason, at=context.occurred_at)
    return app.save(customer, context=context)


def list_importance(command: commands.ListImportance, app: Application, context: CommandContext) -> CommandResult:
    customer = app.load(Customer, command.customer_id, expected_version=context.expected_version)
    customer.list_as(command.listing, reason=command.reason)
    return app.save(customer, context=context)


def _registered(command: commands.Registration, customer_id: UUID, context: CommandContext) -> Customer:
    details = Details(
        name=command.name,
        form_of_address=command.form_of_address,
        phones=command.phones,
        emails=command.emails,
        addresses=_addresses(command.addresses),
        language=command.language,
        birthday=command.birthday,
    )
    return Customer.register(customer_id=customer_id, kind=command.kind, details=details, at=context.occurred_at)


def _new_customers(
    rows: tuple[commands.ImportRow, ...], known: frozenset[UUID], context: CommandContext
) -> list[Customer]:
    """Make a customer of every row that is not known; an error names its row, counted from 0."""
    customers = []
    for number, row in enumerate(rows):
        if row.customer_id in known:
            continue
        try:
            customers.append(_registered(row, row.customer_id, context))
        except DomainError as error:
            error.field = f"customers.{number}.{error.field}"
            raise
    return customers


def _corrected(details: Details, command: commands.CorrectDetails) -> Details:
    """Return the details with what the command gives; a null changes nothing, but takes a birthday away."""
    given = {name: getattr(command, name) for name in _CORRECTABLE if getattr(command, name) is not None}
    if command.addresses is not None:
        given["addresses"] = _addresses(command.addresses)
    if "birthday" in command.model_fields_set:
        given["birthday"] = command.birthday
    return replace(details, **given)


_CORRECTABLE = ("name", "form_of_address", "phones", "emails", "language")


def _addresses(addresses: tuple[commands.Address, ...]) -> tuple[Address, ...]:
    return tuple(Address(**address.model_dump()) for address in addresses)
