"""Lists of codes that contacts speaks of."""

from enum import StrEnum


class CustomerKind(StrEnum):
    """Whether the customer is a human being or an organisation."""

    PERSON = "person"
    COMPANY = "company"


class Direction(StrEnum):
    """Who sought whom: `in` when the customer came to us, `out` when we went to the customer."""

    IN = "in"
    OUT = "out"


class ImportanceListing(StrEnum):
    """The list a customer stands on: red is served first, black is not served, general is everybody else."""

    RED = "red"
    GENERAL = "general"
    BLACK = "black"


class UnitKind(StrEnum):
    """What a unit of the organisation is."""

    HEADQUARTERS = "headquarters"
    REGION = "region"
    BRANCH = "branch"
    OFFICE = "office"
    STORE = "store"
    DISTRIBUTION_CENTRE = "distribution_centre"


class StoreKind(StrEnum):
    """The form of a store."""

    STREET = "street"
    COUNTER = "counter"
    SHOP_IN_SHOP = "shop_in_shop"


class Ownership(StrEnum):
    """Whether the company runs the unit itself or a franchisee does."""

    OWN = "own"
    FRANCHISED = "franchised"
