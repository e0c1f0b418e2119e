"""The handlers of contacts: load an aggregate, let it decide, save."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_contacts import commands
from crm_contacts.domain.consent import Consent, ConsentChannel, ledger_id
from crm_contacts.domain.customer import (
    Address,
    Customer,
    CustomerAlreadyRegistered,
    CustomerKind,
    Details,
    ImportanceListing,
    Language,
)
from crm_contacts.domain.touch import Channel, Direction, Touch, TouchAlreadyRecorded
from crm_contacts.domain.unit import Ownership, StoreKind, Unit, UnitAlreadyOpen, UnitKind, UnitName, unit_id
from crm_eventlog.aggregate import DomainError, NotFound
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext


def register_customer(command: commands.RegisterCustomer, app: Application, context: CommandContext) -> CommandResult:
    if command.customer_id and command.customer_id in app.repository:
        raise CustomerAlreadyRegistered("customer_id", command.customer_id)
    customer = _registered(command, command.customer_id or context.new_id("customer"), context)
    return app.save(customer, context=context)


def register_customers(command: commands.RegisterCustomers, app: Application, context: CommandContext) -> CommandResult:
    """Register the rows that are new, in one transaction; the answer is about the first of them.

    Where all are known nothing becomes true: the answer is about the first row, with an empty position.
    """
    known = app.store.existing_streams([row.customer_id for row in command.customers])
    customers = _all_registered(command.customers, known, context)
    return app.save(*(customers or [_customer(app, command.customers[0].customer_id, context)]), context=context)


def correct_details(command: commands.CorrectDetails, app: Application, context: CommandContext) -> CommandResult:
    customer = app.load(Customer, command.customer_id, expected_version=context.expected_version)
    customer.correct(_corrected(customer.details, command), reason=command.reason, at=context.occurred_at)
    return app.save(customer, context=context)


def list_importance(command: commands.ListImportance, app: Application, context: CommandContext) -> CommandResult:
    customer = app.load(Customer, command.customer_id, expected_version=context.expected_version)
    customer.list_as(ImportanceListing(command.listing), reason=command.reason)
    return app.save(customer, context=context)


def record_touch(command: commands.RecordTouch, app: Application, context: CommandContext) -> CommandResult:
    customer = _customer(app, command.customer_id, context)
    if command.touch_id and command.touch_id in app.repository:
        raise TouchAlreadyRecorded("touch_id", command.touch_id)
    touch = Touch(
        touch_id=command.touch_id or context.new_id("touch"),
        customer_id=customer.id,
        channel=Channel(command.channel),
        place=command.place,
        direction=Direction(command.direction),
        subject=command.subject,
        learned=command.learned,
    )
    return app.save(touch, context=context)


def give_consent(command: commands.GiveConsent, app: Application, context: CommandContext) -> CommandResult:
    ledger = _ledger(app, command.customer_id, context)
    channel, language = ConsentChannel(command.channel), Language(command.language)
    ledger.give(channel, text_shown=command.text_shown, language=language)
    return app.save(ledger, context=context)


def withdraw_consent(command: commands.WithdrawConsent, app: Application, context: CommandContext) -> CommandResult:
    ledger = _ledger(app, command.customer_id, context)
    ledger.withdraw(ConsentChannel(command.channel), reason=command.reason)
    return app.save(ledger, context=context)


def open_unit(command: commands.OpenUnit, app: Application, context: CommandContext) -> CommandResult:
    if unit_id(command.code) in app.repository:
        raise UnitAlreadyOpen("code", command.code)
    unit = Unit.open(
        code=command.code,
        name=UnitName(en=command.name.en, zh=command.name.zh),
        kind=UnitKind(command.kind),
        store_kind=StoreKind(command.store_kind) if command.store_kind else None,
        ownership=Ownership(command.ownership),
        parent=_parent(app, command.parent_code, context),
        city=command.city,
    )
    return app.save(unit, context=context)


def _customer(app: Application, customer_id: UUID, context: CommandContext) -> Customer:
    """The customer somebody speaks of, whatever its version; `NotFound`."""
    return app.load(Customer, customer_id)


def _ledger(app: Application, customer_id: UUID, context: CommandContext) -> Consent:
    """The customer's consent ledger, opened with its first entry."""
    customer = _customer(app, customer_id, context)
    if ledger_id(customer.id) in app.repository:
        return app.load(Consent, ledger_id(customer.id), expected_version=context.expected_version)
    return Consent(customer_id=customer.id)


def _parent(app: Application, code: str | None, context: CommandContext) -> Unit | None:
    if code is None:
        return None
    if unit_id(code) not in app.repository:
        raise NotFound("parent_code", code)
    return app.load(Unit, unit_id(code))


def _registered(command: commands.Registration, customer_id: UUID, context: CommandContext) -> Customer:
    details = Details(
        name=command.name,
        form_of_address=command.form_of_address,
        phones=command.phones,
        emails=command.emails,
        addresses=_addresses(command.addresses),
        language=Language(command.language),
        birthday=command.birthday,
    )
    kind = CustomerKind(command.kind)
    return Customer.register(customer_id=customer_id, kind=kind, details=details, at=context.occurred_at)


def _all_registered(
    rows: tuple[commands.ImportRow, ...], known: frozenset[UUID], context: CommandContext
) -> list[Customer]:
    """A customer for every row that is not known; a refusal names its row, counted from 0."""
    customers = []
    for number, row in enumerate(rows):
        if row.customer_id in known:
            continue
        try:
            customers.append(_registered(row, row.customer_id, context))
        except DomainError as refused:
            refused.field = f"customers.{number}.{refused.field}"
            raise
    return customers


def _corrected(details: Details, command: commands.CorrectDetails) -> Details:
    """The details with what the command gives: a null changes nothing, but takes a birthday away."""
    given: dict[str, Any] = {
        name: getattr(command, name) for name in _CORRECTABLE if getattr(command, name) is not None
    }
    if "addresses" in given:
        given["addresses"] = _addresses(given["addresses"])
    if "language" in given:
        given["language"] = Language(given["language"])
    if "birthday" in command.model_fields_set:
        given["birthday"] = command.birthday
    return replace(details, **given)


_CORRECTABLE = ("name", "form_of_address", "phones", "emails", "addresses", "language")


def _addresses(addresses: tuple[commands.Address, ...]) -> tuple[Address, ...]:
    return tuple(Address(**address.model_dump()) for address in addresses)
