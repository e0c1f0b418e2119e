"""Amounts, days, spans and quotations in words, in both languages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from crm_events.sentences.codes import CURRENCIES
from crm_events.values import Money
from crm_kernel import LocalizedText

LONGEST_QUOTATION = 200
LINES_NAMED = 3
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def quoted(text: str) -> str:
    """Quote somebody's own words on one line, cut after 200 characters."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= LONGEST_QUOTATION else line[: LONGEST_QUOTATION - 1] + '…'}”"


def because(reason: str | None) -> LocalizedText:
    """Return the reason, where there is one, to go behind a clause."""
    return (
        LocalizedText(f", because {quoted(reason)}", f"，原因：{quoted(reason)}") if reason else LocalizedText("", "")
    )


def money(amount: Money) -> LocalizedText:
    """Write an exact amount with its currency."""
    digits = f"{amount.amount:,f}"
    unit = CURRENCIES.get(amount.currency)
    return LocalizedText(f"{amount.currency} {digits}", f"{digits}{unit}" if unit else f"{amount.currency} {digits}")


def points(count: int) -> LocalizedText:
    """Write a number of points."""
    return LocalizedText(f"{count:,} point{'' if count == 1 else 's'}", f"{count:,} 积分")


def day(on: date) -> LocalizedText:
    """Write a day."""
    return LocalizedText(f"{on.day} {_MONTHS[on.month - 1]} {on.year}", f"{on.year}年{on.month}月{on.day}日")


def moment(at: datetime, zone: tzinfo) -> LocalizedText:
    """Write a day and a time of day, as the clock on the wall shows it in this zone."""
    local = at.astimezone(zone)
    on, clock = day(local.date()), f"{local:%H:%M}"
    return LocalizedText(f"{on.en} at {clock}", f"{on.zh}{clock}")


def span(length: timedelta) -> LocalizedText:
    """Write how long something took, in its two largest units."""
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


def listed(items: Sequence[str]) -> LocalizedText:
    """Name the first items, and how many more there are."""
    named, more = items[:LINES_NAMED], len(items) - LINES_NAMED
    en, zh = ", ".join(named), "、".join(named)
    return LocalizedText(f"{en} and {more} more", f"{zh}等{len(items)}项") if more > 0 else LocalizedText(en, zh)
