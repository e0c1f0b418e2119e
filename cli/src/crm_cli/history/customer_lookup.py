"""The search for one customer, by id, phone number, e-mail address or name."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from crm_cli.client import CrmClient
from crm_cli.errors import CliError, ExitCode

_SHOWN = 20


class Customer(NamedTuple):
    """A customer, with a name where contacts was asked for it."""

    id: UUID
    name: str


class NobodyFound(CliError):
    """A search that no customer fits."""


class SeveralFound(CliError):
    """A search that several customers fit."""

    code = ExitCode.UNCLEAR

    def __init__(self, searched: str, found: Sequence[Mapping[str, Any]], *, more: bool) -> None:
        lines = [f"  {each['customer_id']}  {_described(each)}" for each in found]
        number = f"more than {len(found)}" if more else str(len(found))
        ask = f"“{searched}” fits {number} customers; name one by its id:"
        about = [{name: each[name] for name in ("customer_id", "name", "phones", "emails")} for each in found]
        super().__init__("\n".join([ask, *lines]), customers=about, more=more)


async def find_customer(client: CrmClient, searched: str) -> Customer:
    """Return the only exact match, or else the only match, or raise `NobodyFound` or `SeveralFound`."""
    try:
        return Customer(UUID(searched), "")
    except ValueError:
        page = await client.read("contacts", "/customers", q=searched, limit=_SHOWN)
    found = page["items"]
    exact = [each for each in found if each["match"] == "exact"]
    meant = exact if len(exact) == 1 else found
    if not meant:
        raise NobodyFound(f"no customer fits “{searched}”: search by phone, e-mail, any part of the name, or pinyin")
    if len(meant) > 1:
        raise SeveralFound(searched, meant, more=page["next"] is not None)
    return Customer(UUID(meant[0]["customer_id"]), meant[0]["name"])


def _described(card: Mapping[str, Any]) -> str:
    reached = ", ".join([*card["phones"], *card["emails"]])
    return f"{card['name']}  {reached}".rstrip()
