"""A world that tells things apart: four customers in three cities, and two ways down from one headquarters."""

from typing import Any

from crm_chassis.testing import Client
from services.contacts.tests.asking import asked

GUANGZHOU = {"region": "广东", "city": "广州", "street": "天河路 1"}
SHENZHEN = {"region": "广东", "city": "深圳", "street": "深南大道 2"}
SHANGHAI = {"region": "上海", "city": "上海", "street": "南京路 3"}
CUSTOMERS: dict[str, list[dict[str, str]]] = {
    "陈丽": [GUANGZHOU],
    "陈立": [SHENZHEN],
    "陈志": [SHANGHAI, GUANGZHOU],
    "Ada Wu": [SHANGHAI],
}
# Code: kind, store kind, the unit above, city.
UNITS: dict[str, tuple[str, str | None, str | None, str]] = {
    "hq": ("headquarters", None, None, "北京"),
    "south": ("branch", None, "hq", "广州"),
    "gz": ("office", None, "south", "广州"),
    "tianhe": ("store", "street", "gz", "广州"),
    "mall": ("store", "counter", "gz", "广州"),
    "sh": ("office", None, "hq", "上海"),
    "bund": ("store", "shop_in_shop", "sh", "上海"),
    "web": ("store", "street", "hq", "深圳"),
}


def furnished(contacts: Client) -> Client:
    """Register the customers and open the units."""
    for number, (name, addresses) in enumerate(CUSTOMERS.items(), start=1):
        asked(contacts, "register-customer", {"customer_id": id_of(number), "name": name, "addresses": addresses})
    for code, (kind, store_kind, parent, city) in UNITS.items():
        asked(contacts, "open-unit", unit(code, kind, store_kind, parent, city))
    return contacts


def id_of(number: int) -> str:
    """Give the id of the n-th customer."""
    return f"00000000-0000-0000-0000-{number:012}"


def unit(code: str, kind: str, store_kind: str | None, parent: str | None, city: str) -> dict[str, Any]:
    """Write the command that opens a unit."""
    words = {"code": code, "name": {"en": f"{code} unit", "zh": f"{code}店"}, "kind": kind, "city": city}
    return {**words, **{key: value for key, value in (("store_kind", store_kind), ("parent_code", parent)) if value}}
