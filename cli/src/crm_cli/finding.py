"""Which customer somebody means: by id, or by a phone number, an e-mail address or a name."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from crm_cli.calling import Callers
from crm_cli.leaving import CannotBeDone, Code

_SHOWN = 20


class Customer(NamedTuple):
    """A customer, with a name where contacts could be asked."""

    id: UUID
    name: str


class NobodyFound(CannotBeDone):
    """Nobody fits what was searched for."""


class SeveralFound(CannotBeDone):
    """What was searched for fits several customers."""

    code = Code.UNCLEAR

    def __init__(self, searched: str, found: Sequence[Mapping[str, Any]], *, more: bool) -> None:
        lines = [f"  {each['customer_id']}  {_described(each)}" for each in found]
        number = f"more than {len(found)}" if more else str(len(found))
        ask = f"“{searched}” fits {number} customers; name one by its id:"
        about = [{name: each[name] for name in ("customer_id", "name", "phones", "emails")} for each in found]
        super().__init__("\n".join([ask, *lines]), customers=about, more=more)


async def find_customer(callers: Callers, searched: str) -> Customer:
    """The one customer meant; `NobodyFound` or `SeveralFound` otherwise. The only exact match is the one meant."""
    try:
        return Customer(UUID(searched), "")
    except ValueError:
        page = await callers.read("contacts", "/customers", q=searched, limit=_SHOWN)
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
