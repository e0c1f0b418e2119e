"""Values that no database stores, rejected before they reach it: NUL characters, huge numbers, times out of range."""

from collections.abc import Iterator
from datetime import UTC, datetime

from crm_eventlog.aggregate import DomainError, LocalizedText

LARGEST = 2**63 - 1


class UnprintableText(DomainError, ValueError):
    """A text with a NUL character, which no database stores."""

    message = LocalizedText("A text may not contain the NUL character.", "文本不得包含 NUL 字符。")
    hint = LocalizedText("Remove the character and try again.", "请去掉该字符后重试。")


class NumberTooLarge(DomainError, ValueError):
    """A whole number of more than 64 bits."""

    message = LocalizedText("A whole number has at most 18 digits.", "整数最多 18 位。")
    hint = LocalizedText("Send a smaller number.", "请发送较小的数字。")


class TimeOutOfRange(DomainError, ValueError):
    """A time without a year in UTC."""

    message = LocalizedText(
        "A time must lie between the years 1 and 9999 in UTC.", "时间应在公元 1 年至 9999 年之间（UTC）。"
    )
    hint = LocalizedText("Send a time closer to today.", "请发送更接近今天的时间。")


def reject_unstorable(document: object) -> None:
    """Raise for the first value that cannot be stored, with its path in the document as the field."""
    for field, value in _leaves(document, ""):
        match value:
            case str() if "\x00" in value:
                raise UnprintableText(field, value)
            case int() if abs(value) > LARGEST:
                raise NumberTooLarge(field, value)
            case datetime() if not _has_a_year_in_utc(value):
                raise TimeOutOfRange(field, value)


def _has_a_year_in_utc(at: datetime) -> bool:
    try:
        return at.astimezone(UTC).year > 0
    except OverflowError:
        return False


def _leaves(value: object, field: str) -> Iterator[tuple[str, object]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _leaves(inner, f"{field}.{key}".lstrip("."))
        case list() | tuple() | set() | frozenset():
            for index, inner in enumerate(value):
                yield from _leaves(inner, f"{field}.{index}".lstrip("."))
        case _:
            yield field, value
