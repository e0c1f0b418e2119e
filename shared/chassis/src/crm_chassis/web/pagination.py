"""Pagination by cursor: the opaque key of the last item seen, so that new items shift nothing."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from crm_eventlog.aggregate import DomainError, LocalizedText

T = TypeVar("T")
U = TypeVar("U")

LARGEST_PAGE = 200


class CursorUnreadable(DomainError, ValueError):
    """A cursor that this query did not return."""

    message = LocalizedText("The cursor does not belong to this query.", "游标不属于此查询。")
    hint = LocalizedText(
        "Pass `next` of the previous page unchanged, or no cursor for the first page.",
        "请原样传入上一页的 next；首页不需要游标。",
    )


class Page(BaseModel, Generic[T]):
    """Some of the items, and the cursor of the next page."""

    items: list[T]
    next: str | None = Field(description="Pass it as `cursor` for the next page; empty on the last.")


@dataclass(frozen=True, slots=True)
class Paging:
    """The requested page: at most `limit` items, those after `cursor`."""

    limit: int
    cursor: str | None = None

    def after(self, *kinds: Any) -> tuple[Any, ...] | None:
        """Return the sort key to continue after, as these types, or None on the first page."""
        if self.cursor is None:
            return None
        try:
            content = urlsafe_b64decode(self.cursor + "=" * (-len(self.cursor) % 4))
            key = tuple(_in_utc(part) for part in _key(kinds).validate_json(content))
        except (ValidationError, binascii.Error, ValueError, OverflowError):
            raise CursorUnreadable("cursor", self.cursor) from None
        if any(isinstance(part, str) and "\x00" in part for part in key):
            raise CursorUnreadable("cursor", self.cursor)
        return key

    @property
    def fetch(self) -> int:
        """Return the number of rows to read: one more than shown, to see whether there is a next page."""
        return self.limit + 1

    def page(self, rows: Sequence[U], item: Callable[[U], T], key: Callable[[U], tuple[Any, ...]]) -> Page[T]:
        """Return the page of these rows, of which `fetch` were read, with the cursor after its last item."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(items=[item(row) for row in shown], next=cursor_of(*key(shown[-1])) if more else None)


@cache
def _key(kinds: tuple[Any, ...]) -> TypeAdapter[tuple[Any, ...]]:
    """Return the adapter that reads a sort key of these types."""
    shape: Any = tuple.__class_getitem__(kinds)
    return TypeAdapter(shape)


def _in_utc(part: Any) -> Any:
    """Return a time in UTC. Raise OverflowError if it has no year there."""
    return part.astimezone(UTC) if isinstance(part, datetime) else part


def cursor_of(*key: Any) -> str:
    """Return a sort key as an opaque cursor."""
    return urlsafe_b64encode(orjson.dumps(key, default=str)).decode().rstrip("=")


def _paging(
    request: Request,
    limit: Annotated[int | None, Query(ge=1, le=LARGEST_PAGE, description="Items per page.")] = None,
    cursor: Annotated[
        str | None, Query(max_length=1000, pattern=r"^[A-Za-z0-9_\-]+$", description="`next` of the previous page.")
    ] = None,
) -> Paging:
    return Paging(limit=limit or request.app.state.settings.page_size, cursor=cursor)


Paged = Annotated[Paging, Depends(_paging)]
"""The page that the caller asks for."""
