"""Commands about units of the organisation."""

from typing import Annotated

from pydantic import Field, StringConstraints

from crm_contacts.fields import Line, Word
from crm_contacts.vocabulary import Ownership, StoreKind, UnitKind
from crm_eventlog.command import Command, CommandPart

Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,49}$"),
    Field(description="Names the unit everywhere; GZ-TIANHE and gz-tianhe are one.", examples=["GZ-TIANHE"]),
]


class UnitName(CommandPart):
    """The name of a unit in both languages."""

    en: Word = Field(min_length=1, examples=["Tianhe store"])
    zh: Word = Field(min_length=1, examples=["天河店"])


class OpenUnit(Command):
    """Let a unit of the organisation begin its work under its parent."""

    code: Code
    name: UnitName
    kind: UnitKind
    store_kind: StoreKind | None = Field(default=None, description="Of a store only.")
    ownership: Ownership = Ownership.OWN
    parent_code: Code | None = Field(default=None, description="Of every unit but a headquarters.")
    city: Line = Field(examples=["广州"])
