"""A unit of the organisation: headquarters, region, branch, office, store or distribution centre, under its parent."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID, uuid5

from crm_contacts.vocabulary import Ownership, StoreKind, UnitKind
from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import DomainError, LocalizedText

UNIT_NAMESPACE = UUID("3e9d7a60-2f4b-5c18-9a6d-0b8c5e7f1d04")


# The smaller the number, the higher the unit. Levels may be left out, never turned round: headquarters, branch, office
# and store in four, three or two levels (catalogue X17-X19), a distribution centre above branch and store (X20, X21).
LEVEL: Mapping[UnitKind, int] = MappingProxyType(
    {
        UnitKind.HEADQUARTERS: 0,
        UnitKind.REGION: 1,
        UnitKind.DISTRIBUTION_CENTRE: 2,
        UnitKind.BRANCH: 3,
        UnitKind.OFFICE: 4,
        UnitKind.STORE: 5,
    }
)


class UnitAlreadyOpen(DomainError):
    """A code names one unit."""

    message = LocalizedText("A unit with this code is already open.", "该代码的机构已存在。")
    hint = LocalizedText("Choose another code.", "请使用其他代码。")


class UnitWithoutParent(DomainError, ValueError):
    """Every unit except the headquarters stands under another."""

    message = LocalizedText("Every unit except a headquarters has a parent.", "除总部外，每个机构都有上级机构。")
    hint = LocalizedText("Enter the code of the unit above it.", "请填写其上级机构的代码。")


class HeadquartersUnderParent(DomainError, ValueError):
    """Nothing stands above a headquarters."""

    message = LocalizedText("A headquarters has no parent.", "总部没有上级机构。")
    hint = LocalizedText(
        "Leave the parent empty, or open a region or a branch.", "请去掉上级机构，或开设大区或分公司。"
    )


class ParentNotHigher(DomainError):
    """A unit stands under one of a higher level."""

    message = LocalizedText("The parent of a unit must be of a higher level.", "上级机构的级别必须更高。")
    hint = LocalizedText(
        "Levels from high to low: headquarters, region, distribution centre, branch, office, store.",
        "级别从高到低：总部、大区、配送中心、分公司、办事处、门店。",
    )


class StoreKindMissing(DomainError, ValueError):
    """A store is of one of the three kinds."""

    message = LocalizedText("A store needs a store kind.", "门店须注明类型。")
    hint = LocalizedText(
        "Choose street, counter or shop_in_shop.", "请选择 street（沿街店）、counter（专柜）或 shop_in_shop（店中店）。"
    )


class StoreKindOfNoStore(DomainError, ValueError):
    """Only stores have a store kind."""

    message = LocalizedText("Only a store has a store kind.", "只有门店才有门店类型。")
    hint = LocalizedText("Leave the store kind empty, or open a store.", "请去掉门店类型，或开设门店。")


def unit_id(code: str) -> UUID:
    """Return the id of the one unit with this code, in capital or small letters."""
    return uuid5(UNIT_NAMESPACE, code.casefold())


class Unit(Aggregate):
    """One place in the organisation tree, from the day it opened under its parent."""

    class Opened(Aggregate.Created):
        code: str
        name: LocalizedText
        kind: UnitKind
        store_kind: StoreKind | None
        ownership: Ownership
        parent_code: str | None
        city: str

    @staticmethod
    def create_id(code: str) -> UUID:
        return unit_id(code)

    @classmethod
    def open(
        cls,
        *,
        code: str,
        name: LocalizedText,
        kind: UnitKind,
        store_kind: StoreKind | None,
        ownership: Ownership,
        parent: "Unit | None",
        city: str,
    ) -> "Unit":
        """Open a unit under a parent of a higher level."""
        _check_parent(kind, parent)
        _check_store_kind(kind, store_kind)
        return cls(
            code=code,
            name=name,
            kind=kind,
            store_kind=store_kind,
            ownership=ownership,
            parent_code=parent.code if parent else None,
            city=city,
        )

    @event(Opened)
    def __init__(
        self,
        code: str,
        name: LocalizedText,
        kind: UnitKind,
        store_kind: StoreKind | None,
        ownership: Ownership,
        parent_code: str | None,
        city: str,
    ) -> None:
        self.code, self.kind = code, kind


def _check_parent(kind: UnitKind, parent: Unit | None) -> None:
    if parent is None:
        if kind is not UnitKind.HEADQUARTERS:
            raise UnitWithoutParent("parent_code", None)
        return
    if kind is UnitKind.HEADQUARTERS:
        raise HeadquartersUnderParent("parent_code", parent.code)
    if LEVEL[parent.kind] >= LEVEL[kind]:
        raise ParentNotHigher("parent_code", parent.code)


def _check_store_kind(kind: UnitKind, store_kind: StoreKind | None) -> None:
    if kind is UnitKind.STORE and store_kind is None:
        raise StoreKindMissing("store_kind", None)
    if kind is not UnitKind.STORE and store_kind is not None:
        raise StoreKindOfNoStore("store_kind", store_kind)
