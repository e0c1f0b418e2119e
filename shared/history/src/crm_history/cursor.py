"""Cursors of pages: the order key of the last row, opaque to the caller."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import AwareDatetime, TypeAdapter, ValidationError
from sqlalchemy import Row

from crm_eventlog.aggregate import DomainError, LocalizedText


class HistoryCursorUnreadable(DomainError, ValueError):
    """A cursor is `next` of an earlier page of the same history, unchanged."""

    message = LocalizedText("The cursor is not one of this history's.", "游标不属于此历史记录。")
    hint = LocalizedText(
        "Pass `next` of the previous page unchanged, or no cursor for the first page.",
        "请原样传入上一页的 next；首页不需要游标。",
    )


class Place(NamedTuple):
    """A place in the order of a history."""

    occurred_at: datetime
    source: str
    stream: UUID
    version: int


_read = TypeAdapter(tuple[AwareDatetime, str, UUID, int]).validate_json


def cursor_after(row: Row[Any]) -> str:
    """Return the cursor of the page that goes on after this row."""
    place = Place(row.occurred_at, row.source, row.stream, row.version)
    return urlsafe_b64encode(orjson.dumps(tuple(place))).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Return the place a cursor of ours names; anything else is refused."""
    try:
        place = Place(*_read(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))))
    except (ValidationError, binascii.Error, ValueError):
        raise HistoryCursorUnreadable("cursor", cursor) from None
    if "\x00" in place.source or abs(place.version) >= 2**63 or not 1900 <= place.occurred_at.year <= 9998:
        raise HistoryCursorUnreadable("cursor", cursor)
    return place
