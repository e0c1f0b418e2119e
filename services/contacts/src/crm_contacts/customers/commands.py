"""Commands about customers."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from crm_contacts.fields import HOME, Emails, Line, Phones, Region, Word
from crm_contacts.vocabulary import CustomerKind, ImportanceListing
from crm_eventlog.command import Command, CommandPart
from crm_kernel import DomainError, Language, LocalizedText

BATCH = 500

Country = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")]
Birthday = Annotated[date, Field(ge=date(1850, 1, 1), examples=["1990-05-17"])]


class Address(CommandPart):
    """A place where a customer lives, works or wants deliveries."""

    country: Country = Field(default=HOME, description="ISO 3166, two letters.")
    region: Word = Field(default="", description="Province or state.", examples=["广东"])
    city: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(examples=["广州"])
    street: Annotated[str, StringConstraints(max_length=200)] = ""
    postcode: Annotated[str, StringConstraints(max_length=20)] = ""


Addresses = Annotated[tuple[Address, ...], Field(max_length=10)]


class Registration(CommandPart):
    """The details with which a customer is registered."""

    customer_id: UUID | None = None
    kind: CustomerKind = CustomerKind.PERSON
    name: Line = Field(examples=["陈丽"])
    form_of_address: Word = Field(default="", examples=["女士"])
    region: Region = HOME
    phones: Phones = ()
    emails: Emails = ()
    addresses: Addresses = ()
    language: Language = Language.ZH
    birthday: Birthday | None = None


class RegisterCustomer(Registration, Command):
    """Register a person or a company; `customer_id` may be chosen by the caller."""


class ImportRow(Registration):
    """One row of an import; its id is derived from the import key, so that the same row is always the same customer."""

    customer_id: UUID


class RowsRepeated(DomainError, ValueError):
    """Within one batch a customer has one row."""

    message = LocalizedText("Two rows of the batch have the same customer_id.", "同一批次中有两行的 customer_id 相同。")
    hint = LocalizedText(
        "Send each customer once. To change a customer, correct the details.",
        "每位客户只发送一行；如需修改，请更正资料。",
    )


class RegisterCustomers(Command):
    """Register a batch of customers, all in one transaction or none.

    Safe to repeat: a row whose customer is already registered changes nothing, not even the details. The other rows
    are registered.
    """

    customers: tuple[ImportRow, ...] = Field(min_length=1, max_length=BATCH)

    @model_validator(mode="after")
    def _each_row_is_another_customer(self) -> Self:
        seen: set[UUID] = set()
        for row in self.customers:
            if row.customer_id in seen:
                raise RowsRepeated("customers", row.customer_id)
            seen.add(row.customer_id)
        return self


class CorrectDetails(Command):
    """Put details of a customer right; what is left out (or null) stays as it is, but a null birthday is removed."""

    customer_id: UUID
    reason: Line = Field(examples=["Misheard on the telephone"])
    name: Line | None = None
    form_of_address: Word | None = None
    region: Region = HOME
    phones: Phones | None = None
    emails: Emails | None = None
    addresses: Addresses | None = None
    language: Language | None = None
    birthday: Birthday | None = None


class ListImportance(Command):
    """Put a customer on the red, the general or the black list."""

    customer_id: UUID
    listing: ImportanceListing
    reason: Line = Field(examples=["Buys for a whole school"])
