"""Every command of contacts: load, ask, record."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_contacts import commands as ask
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
from crm_eventlog.aggregate import NotFound, Refused
from crm_eventlog.application import Application, Done
from crm_eventlog.circumstances import Circumstances


class ContactsApplication(Application):
    """One method per command; whoever is spoken of must be registered here."""

    name = "contacts"
    aggregates = (Customer, Touch, Consent, Unit)

    def register_customer(self, command: ask.RegisterCustomer, said: Circumstances) -> Done:
        if command.customer_id and command.customer_id in self.repository:
            raise CustomerAlreadyRegistered("customer_id", command.customer_id)
        customer = _registered(command, command.customer_id or said.new_id("customer"), said)
        return self.record(customer, said=said)

    def register_customers(self, command: ask.RegisterCustomers, said: Circumstances) -> Done:
        """Register the rows that are new, in one transaction; the answer is about the first of them.

        Where all are known nothing becomes true: the answer is about the first row, with an empty position.
        """
        known = self.store.begun([row.customer_id for row in command.customers])
        customers = _all_registered(command.customers, known, said)
        return self.record(*(customers or [self._customer(command.customers[0].customer_id, said)]), said=said)

    def correct_details(self, command: ask.CorrectDetails, said: Circumstances) -> Done:
        customer = self.load(Customer, command.customer_id, said)
        customer.correct(_corrected(customer.details, command), reason=command.reason, at=said.occurred_at)
        return self.record(customer, said=said)

    def list_importance(self, command: ask.ListImportance, said: Circumstances) -> Done:
        customer = self.load(Customer, command.customer_id, said)
        customer.list_as(ImportanceListing(command.listing), reason=command.reason)
        return self.record(customer, said=said)

    def record_touch(self, command: ask.RecordTouch, said: Circumstances) -> Done:
        customer = self._customer(command.customer_id, said)
        if command.touch_id and command.touch_id in self.repository:
            raise TouchAlreadyRecorded("touch_id", command.touch_id)
        touch = Touch(
            touch_id=command.touch_id or said.new_id("touch"),
            customer_id=customer.id,
            channel=Channel(command.channel),
            place=command.place,
            direction=Direction(command.direction),
            subject=command.subject,
            learned=command.learned,
        )
        return self.record(touch, said=said)

    def give_consent(self, command: ask.GiveConsent, said: Circumstances) -> Done:
        ledger = self._ledger(command.customer_id, said)
        channel, language = ConsentChannel(command.channel), Language(command.language)
        ledger.give(channel, text_shown=command.text_shown, language=language)
        return self.record(ledger, said=said)

    def withdraw_consent(self, command: ask.WithdrawConsent, said: Circumstances) -> Done:
        ledger = self._ledger(command.customer_id, said)
        ledger.withdraw(ConsentChannel(command.channel), reason=command.reason)
        return self.record(ledger, said=said)

    def open_unit(self, command: ask.OpenUnit, said: Circumstances) -> Done:
        if unit_id(command.code) in self.repository:
            raise UnitAlreadyOpen("code", command.code)
        unit = Unit.open(
            code=command.code,
            name=UnitName(en=command.name.en, zh=command.name.zh),
            kind=UnitKind(command.kind),
            store_kind=StoreKind(command.store_kind) if command.store_kind else None,
            ownership=Ownership(command.ownership),
            parent=self._parent(command.parent_code, said),
            city=command.city,
        )
        return self.record(unit, said=said)

    def _customer(self, customer_id: UUID, said: Circumstances) -> Customer:
        """The customer somebody speaks of, whatever its version; `NotFound`."""
        return self.load(Customer, customer_id, replace(said, only_if_version=None))

    def _ledger(self, customer_id: UUID, said: Circumstances) -> Consent:
        """The customer's consent ledger, opened with its first entry."""
        customer = self._customer(customer_id, said)
        if ledger_id(customer.id) in self.repository:
            return self.load(Consent, ledger_id(customer.id), said)
        return Consent(customer_id=customer.id)

    def _parent(self, code: str | None, said: Circumstances) -> Unit | None:
        if code is None:
            return None
        if unit_id(code) not in self.repository:
            raise NotFound("parent_code", code)
        return self.load(Unit, unit_id(code), replace(said, only_if_version=None))


def _registered(command: ask.RegisterCustomer, customer_id: UUID, said: Circumstances) -> Customer:
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
    return Customer.register(customer_id=customer_id, kind=kind, details=details, at=said.occurred_at)


def _all_registered(rows: tuple[ask.KnownRow, ...], known: frozenset[UUID], said: Circumstances) -> list[Customer]:
    """A customer for every row that is not known; a refusal names its row, counted from 0."""
    customers = []
    for number, row in enumerate(rows):
        if row.customer_id in known:
            continue
        try:
            customers.append(_registered(row, row.customer_id, said))
        except Refused as refused:
            refused.field = f"customers.{number}.{refused.field}"
            raise
    return customers


def _corrected(details: Details, command: ask.CorrectDetails) -> Details:
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


def _addresses(addresses: tuple[ask.Address, ...]) -> tuple[Address, ...]:
    return tuple(Address(**address.model_dump()) for address in addresses)
