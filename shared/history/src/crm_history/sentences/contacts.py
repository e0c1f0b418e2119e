"""What contacts says, in words."""

from collections.abc import Mapping

from pydantic import JsonValue

from crm_eventlog.aggregate import LocalizedText
from crm_events import contacts
from crm_history.sentences.amounts import because, quoted
from crm_history.sentences.clause import Clause, it, the_customer, the_staff
from crm_history.sentences.codes import DETAILS, word
from crm_history.sentences.names import Names


def clause(event: object, names: Names) -> Clause | None:
    """The clause for an event of contacts; None for anybody else's."""
    match event:
        case contacts.CustomerRegistered():
            kind = event.kind.label
            return the_staff(
                f"registered {_addressed(event)} as a customer ({kind.en})",
                f"登记了客户{_addressed(event)}（{kind.zh}）",
            )
        case contacts.DetailsCorrected():
            return _corrected(event)
        case contacts.CustomerTouched():
            return _touched(event)
        case contacts.ConsentGiven() | contacts.ConsentWithdrawn():
            return _consent(event)
        case contacts.ImportanceListed(listing=listing, before=before, reason=reason):
            now, then, why = listing.label, before.label, because(reason)
            return the_staff(
                f"put the customer on {now.en} (before: {then.en}){why.en}",
                f"将客户列入{now.zh}（原为{then.zh}）{why.zh}",
            )
        case contacts.UnitOpened():
            return _opened(event, names)
    return None


def _addressed(event: contacts.CustomerRegistered) -> str:
    form, name = event.form_of_address, event.name
    return f"{form} {name}".strip() if form.isascii() else f"{name}{form}"


def _corrected(event: contacts.DetailsCorrected) -> Clause:
    changes = [_change(field, event.before, event.after) for field in event.after]
    why = because(event.reason)
    return the_staff(
        f"corrected the customer's {'; '.join(change.en for change in changes)}{why.en}",
        f"更正了客户的{'；'.join(change.zh for change in changes)}{why.zh}",
    )


def _change(field: str, before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> LocalizedText:
    name, then, now = word(field, DETAILS), _value(before.get(field)), _value(after.get(field))
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


def _touched(event: contacts.CustomerTouched) -> Clause:
    subject, place = quoted(event.subject), " ".join(event.place.split())
    learned = quoted(event.learned) if event.learned else ""
    en, zh = (f"; learned: {learned}", f"；得知：{learned}") if learned else ("", "")
    if event.direction is contacts.Direction.IN:
        return the_customer(
            f"got in touch ({place}) about {subject}{en}", f"与我们联系（{place}），事由：{subject}{zh}"
        )
    return the_staff(
        f"got in touch with the customer ({place}) about {subject}{en}", f"联系了客户（{place}），事由：{subject}{zh}"
    )


def _consent(event: contacts.ConsentGiven | contacts.ConsentWithdrawn) -> Clause:
    channel = event.channel.label
    if isinstance(event, contacts.ConsentGiven):
        shown = quoted(event.text_shown)
        return the_customer(
            f"agreed to be contacted by {channel.en}, having been shown {shown}",
            f"同意通过{channel.zh}接收联系，所见文字为{shown}",
        )
    why = because(event.reason)
    return the_customer(
        f"no longer agrees to be contacted by {channel.en}{why.en}", f"不再同意通过{channel.zh}接收联系{why.zh}"
    )


def _opened(event: contacts.UnitOpened, names: Names) -> Clause:
    kind, run = (event.store_kind or event.kind).label, event.ownership.label
    parent = names.unit(event.parent_code) if event.parent_code else None
    under = LocalizedText(f" under {parent.en}", f"，隶属{parent.zh}") if parent else LocalizedText("", "")
    return it(
        f"{event.name.en} ({event.code}; {kind.en}, {run.en}) opened in {event.city}{under.en}",
        f"{event.name.zh}（{event.code}，{kind.zh}，{run.zh}）在{event.city}开业{under.zh}",
    )
