"""What contacts can be asked to do."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from crm_contacts.contact_points import HOME, Emails, Phones, Region
from crm_eventlog.aggregate import DomainError, LocalizedText
from crm_eventlog.command import Command, CommandPart
from crm_events.contacts import CustomerKind, Direction, ImportanceListing, Ownership, StoreKind, UnitKind
from crm_events.values import Channel, ConsentChannel, Language

BATCH = 500

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Word = Annotated[str, StringConstraints(max_length=100)]
Country = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")]
Birthday = Annotated[date, Field(ge=date(1850, 1, 1), examples=["1990-05-17"])]
Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,49}$"),
    Field(description="Names the unit everywhere; GZ-TIANHE and gz-tianhe are one.", examples=["GZ-TIANHE"]),
]


class Address(CommandPart):
    """Where a customer lives, works or wants deliveries."""

    country: Country = Field(default=HOME, description="ISO 3166, two letters.")
    region: Word = Field(default="", description="Province or state.", examples=["广东"])
    city: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(examples=["广州"])
    street: Annotated[str, StringConstraints(max_length=200)] = ""
    postcode: Annotated[str, StringConstraints(max_length=20)] = ""


class UnitName(CommandPart):
    """What a unit is called, in both languages."""

    en: Word = Field(min_length=1, examples=["Tianhe store"])
    zh: Word = Field(min_length=1, examples=["天河店"])


Addresses = Annotated[tuple[Address, ...], Field(max_length=10)]


class Registration(CommandPart):
    """Who a customer is, as somebody registers them."""

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
    """Get to know a person or a company; `customer_id` may be chosen by the caller."""


class ImportRow(Registration):
    """One row of an import; its id is derived from the import key, so that the same row is always the same customer."""

    customer_id: UUID


class RowsRepeated(DomainError, ValueError):
    """Within one batch a customer has one row."""

    message = LocalizedText("Two rows of the batch have the same customer_id.", "同一批次中有两行的 customer_id 相同。")
    hint = LocalizedText(
        "Send each customer once; put a second row right by correcting details.",
        "每位客户只发送一行；如需修改，请更正资料。",
    )


class RegisterCustomers(Command):
    """Register a batch of customers, all in one transaction or none.

    Safe to repeat: a row whose customer is registered already is known and left as it stands, its details are not
    overwritten; the rest is registered.
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


class RecordTouch(Command):
    """A customer and the company met; `touch_id` may be chosen by the caller."""

    touch_id: UUID | None = None
    customer_id: UUID
    channel: Channel
    place: Line = Field(description="Which store, page, line or person.", examples=["tianhe"])
    direction: Direction = Field(description="`in`: the customer came to us; `out`: we went to the customer.")
    subject: Line = Field(examples=["Asked for the price of a phone"])
    learned: Prose | None = Field(default=None, description="What we know now and did not before.")


class GiveConsent(Command):
    """A customer allows us to use a channel, having been shown this very text."""

    customer_id: UUID
    channel: ConsentChannel
    text_shown: Prose = Field(examples=["I agree to receive news by e-mail."])
    language: Language


class WithdrawConsent(Command):
    """A customer no longer allows us to use a channel."""

    customer_id: UUID
    channel: ConsentChannel
    reason: Line = Field(examples=["Too many messages"])


class ListImportance(Command):
    """Put a customer on the red, the general or the black list."""

    customer_id: UUID
    listing: ImportanceListing
    reason: Line = Field(examples=["Buys for a whole school"])


class OpenUnit(Command):
    """Let a unit of the organisation begin its work under its parent."""

    code: Code
    name: UnitName
    kind: UnitKind
    store_kind: StoreKind | None = Field(default=None, description="Of a store only.")
    ownership: Ownership = Ownership.OWN
    parent_code: Code | None = Field(default=None, description="Of every unit but a headquarters.")
    city: Line = Field(examples=["广州"])
