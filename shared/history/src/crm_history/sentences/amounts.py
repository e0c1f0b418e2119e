"""How amounts, days, spans, names and quotations are written in both languages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from crm_eventlog.aggregate import LocalizedText
from crm_events import Money
from crm_events.sales import OrderLine, ReturnedLine
from crm_history.sentences.codes import CURRENCIES

LONGEST_QUOTATION = 200
LINES_NAMED = 3
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def quoted(text: str) -> str:
    """Somebody's own words on one line, cut where they go on and on."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= LONGEST_QUOTATION else line[: LONGEST_QUOTATION - 1] + '…'}”"


def because(reason: str | None) -> LocalizedText:
    """The reason, where there is one, to go behind a clause."""
    return (
        LocalizedText(f", because {quoted(reason)}", f"，原因：{quoted(reason)}") if reason else LocalizedText("", "")
    )


def money(amount: Money) -> LocalizedText:
    """An exact amount with its currency."""
    digits = f"{amount.amount:,f}"
    unit = CURRENCIES.get(amount.currency)
    return LocalizedText(f"{amount.currency} {digits}", f"{digits}{unit}" if unit else f"{amount.currency} {digits}")


def points(count: int) -> LocalizedText:
    """A number of points."""
    return LocalizedText(f"{count:,} point{'' if count == 1 else 's'}", f"{count:,} 积分")


def day(on: date) -> LocalizedText:
    """A day."""
    return LocalizedText(f"{on.day} {_MONTHS[on.month - 1]} {on.year}", f"{on.year}年{on.month}月{on.day}日")


def moment(at: datetime, zone: tzinfo) -> LocalizedText:
    """A day and a time of day, as the clock on the wall shows it there."""
    local = at.astimezone(zone)
    on, clock = day(local.date()), f"{local:%H:%M}"
    return LocalizedText(f"{on.en} at {clock}", f"{on.zh}{clock}")


def span(length: timedelta) -> LocalizedText:
    """How long something took, in its two largest units."""
    minutes = max(0, int(length.total_seconds() // 60))
    units = (
        (minutes // 1440, "day", "天"),
        (minutes // 60 % 24, "hour", "小时"),
        (minutes % 60, "minute", "分钟"),
    )
    shown = [unit for unit in units if unit[0]][:2] or [units[-1]]
    return LocalizedText(
        " ".join(f"{count} {en}{'' if count == 1 else 's'}" for count, en, _ in shown),
        "".join(f"{count}{zh}" for count, _, zh in shown),
    )


def goods(lines: Sequence[OrderLine]) -> LocalizedText:
    """What was bought."""
    return _listed([f"{line.name} × {line.quantity}" for line in lines])


def returned_goods(lines: Sequence[ReturnedLine]) -> LocalizedText:
    """What came back."""
    return _listed([f"{line.sku} × {line.quantity}" for line in lines])


def _listed(items: Sequence[str]) -> LocalizedText:
    named, more = items[:LINES_NAMED], len(items) - LINES_NAMED
    en, zh = ", ".join(named), "、".join(named)
    return LocalizedText(f"{en} and {more} more", f"{zh}等{len(items)}项") if more > 0 else LocalizedText(en, zh)
