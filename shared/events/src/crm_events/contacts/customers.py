"""Customers: registered, corrected, listed."""

from datetime import date
from typing import Annotated

from pydantic import JsonValue

from crm_events.contacts.vocabulary import DETAILS, CustomerKind, ImportanceListing
from crm_events.event import CustomerEvent, Value
from crm_events.kinds import EntryKind
from crm_events.sentences import the_staff
from crm_events.sentences.amounts import quoted
from crm_events.sentences.codes import word
from crm_events.values import Language, Personal
from crm_kernel import LocalizedText


class Address(Value):
    """A place where a customer lives, works or wants deliveries; `country` is ISO 3166 with two letters."""

    country: str
    region: str
    city: str
    street: str
    postcode: str


class CustomerRegistered(CustomerEvent):
    """A person or a company became known to us and was given the id it keeps for life."""

    KIND = EntryKind.CUSTOMER
    EXAMPLE = {
        "kind": "person",
        "name": "陈晓雯",
        "form_of_address": "女士",
        "phones": ["+8613800138000"],
        "emails": ["chen@example.com"],
        "addresses": [
            {"country": "CN", "region": "广东", "city": "广州", "street": "天河路 208 号", "postcode": "510620"}
        ],
        "language": "zh",
        "birthday": "1991-05-17",
    }
    SENTENCE = the_staff("registered {addressed:plain} as a customer ({kind})", "登记了客户{addressed:plain}（{kind}）")

    kind: CustomerKind
    name: Annotated[str, Personal("identity")]
    form_of_address: Annotated[str, Personal("identity")]
    phones: Annotated[tuple[str, ...], Personal("contact")] = ()
    """International form (E.164), as in +8613800138000."""
    emails: Annotated[tuple[str, ...], Personal("contact")] = ()
    addresses: Annotated[tuple[Address, ...], Personal("contact")] = ()
    language: Language
    birthday: Annotated[date | None, Personal("identity")] = None

    @property
    def addressed(self) -> str:
        """Return the name with the form of address, in the order of its language."""
        form, name = self.form_of_address, self.name
        return f"{form} {name}".strip() if form.isascii() else f"{name}{form}"


class DetailsCorrected(CustomerEvent):
    """Details of a customer were put right; `before` and `after` hold the corrected fields only."""

    KIND = EntryKind.CUSTOMER
    EXAMPLE = {
        "before": {"phones": ["+8613800138000"], "birthday": None},
        "after": {"phones": ["+8613800138000", "+862038730000"], "birthday": "1991-05-17"},
        "reason": "told the clerk in the store",
    }
    SENTENCE = the_staff("corrected the customer's {changes}{reason:because}", "更正了客户的{changes}{reason:because}")

    before: Annotated[dict[str, JsonValue], Personal("identity")]
    after: Annotated[dict[str, JsonValue], Personal("identity")]
    reason: Annotated[str, Personal("note")]

    @property
    def changes(self) -> LocalizedText:
        """Return every corrected detail, as it was and as it is."""
        changes = [_change(detail, self.before.get(detail), after) for detail, after in self.after.items()]
        return LocalizedText("; ".join(each.en for each in changes), "；".join(each.zh for each in changes))


class ImportanceListed(CustomerEvent):
    """The customer was put on the red, the general or the black list; `before` is the list they stood on."""

    KIND = EntryKind.CUSTOMER
    EXAMPLE = {"listing": "red", "before": "general", "reason": "key customer"}
    SENTENCE = the_staff(
        "put the customer on {listing} (before: {before}){reason:because}",
        "将客户列入{listing}（原为{before}）{reason:because}",
    )

    listing: ImportanceListing
    before: ImportanceListing
    reason: Annotated[str, Personal("note")]


def _change(detail: str, before: JsonValue, after: JsonValue) -> LocalizedText:
    name, then, now = word(detail, DETAILS), _value(before), _value(after)
    return LocalizedText(f"{name.en} from {then.en} to {now.en}", f"{name.zh}，由{then.zh}改为{now.zh}")


def _value(value: JsonValue) -> LocalizedText:
    plain = _plain(value)
    return LocalizedText(quoted(plain), quoted(plain)) if plain else LocalizedText("nothing", "空")


def _plain(value: JsonValue) -> str:
    match value:
        case None:
            return ""
        case list():
            return ", ".join(_plain(item) for item in value)
        case dict():
            return " ".join(_plain(item) for item in value.values())
        case _:
            return str(value)
