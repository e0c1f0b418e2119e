"""A customer: a person or a company, under the one id that every service uses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from crm_contacts.vocabulary import CustomerKind, ImportanceListing
from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import DomainError, Language, LocalizedText

# Somewhere on earth it is already tomorrow: up to 14 hours ahead of UTC.
EARLIEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A place where a customer lives, works or wants deliveries; `country` is ISO 3166 with two letters."""

    country: str
    region: str
    city: str
    street: str
    postcode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Details of a customer: the name, the form of address, and how to reach them in which language."""

    name: str
    form_of_address: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    addresses: tuple[Address, ...]
    language: Language
    birthday: date | None


class CustomerAlreadyRegistered(DomainError):
    """An id is given to one customer, once."""

    message = LocalizedText("A customer with this id is already registered.", "该编号的客户已登记。")
    hint = LocalizedText(
        "Correct the details of that customer, or register this one without an id.",
        "请更正该客户的资料，或不带编号登记。",
    )


class CompanyGivenBirthday(DomainError, ValueError):
    """Only a person has a birthday."""

    message = LocalizedText("A company has no birthday.", "企业客户没有生日。")
    hint = LocalizedText("Leave the birthday empty, or register a person.", "请去掉生日，或登记为个人客户。")


class BornInTheFuture(DomainError, ValueError):
    """A birthday is not after the day of the command."""

    message = LocalizedText("The birthday is in the future.", "生日不能晚于今天。")
    hint = LocalizedText("Check the year of the birthday.", "请检查生日的年份。")


class CustomerAlreadyListed(DomainError):
    """A customer stands on one list at a time, and is put there once."""

    message = LocalizedText("The customer is already on this list.", "该客户已在此名单中。")
    hint = LocalizedText("Choose another list, or leave the customer on this one.", "请保持不变，或选择其他名单。")


class Customer(Aggregate):
    """One person or company from the day it became known to us; its details are corrected, its listing changes."""

    class Registered(Aggregate.Created):
        customer_id: UUID
        kind: CustomerKind
        details: Details

    class DetailsCorrected(Aggregate.Event):
        before: Details
        after: Details
        reason: str

    class ImportanceListed(Aggregate.Event):
        before: ImportanceListing
        listing: ImportanceListing
        reason: str

    @staticmethod
    def create_id(customer_id: UUID) -> UUID:
        return customer_id

    @classmethod
    def register(cls, *, customer_id: UUID, kind: CustomerKind, details: Details, at: datetime) -> "Customer":
        """Register a customer, who begins on the general list."""
        _check_birthday(kind, details.birthday, at)
        return cls(customer_id=customer_id, kind=kind, details=details)

    @event(Registered)
    def __init__(self, customer_id: UUID, kind: CustomerKind, details: Details) -> None:
        self.kind, self.details = kind, details
        self.listing = ImportanceListing.GENERAL

    def correct(self, after: Details, *, reason: str, at: datetime) -> None:
        """Put details right: one fact, however many fields; no fact where nothing differs."""
        _check_birthday(self.kind, after.birthday, at)
        if after != self.details:
            self._details_corrected(before=self.details, after=after, reason=reason)

    @event(DetailsCorrected)
    def _details_corrected(self, before: Details, after: Details, reason: str) -> None:
        self.details = after

    def list_as(self, listing: ImportanceListing, *, reason: str) -> None:
        """Put the customer on the red, the general or the black list (catalogue C67)."""
        if listing is self.listing:
            raise CustomerAlreadyListed("listing", listing)
        self._importance_listed(before=self.listing, listing=listing, reason=reason)

    @event(ImportanceListed)
    def _importance_listed(self, before: ImportanceListing, listing: ImportanceListing, reason: str) -> None:
        self.listing = listing


def _check_birthday(kind: CustomerKind, birthday: date | None, at: datetime) -> None:
    if birthday is None:
        return
    if kind is CustomerKind.COMPANY:
        raise CompanyGivenBirthday("birthday", birthday)
    if birthday > (at + EARLIEST_ZONE).date():
        raise BornInTheFuture("birthday", birthday)
