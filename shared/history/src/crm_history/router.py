"""The history over HTTP: the same addresses in every service."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from inspect import signature
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime
from sqlalchemy import Connection, Row

from crm_history import answers
from crm_history.digest import digest, positions
from crm_history.front_desk import Concern, front_desk
from crm_history.kinds import KINDS
from crm_history.sentences import Language, Narrator
from crm_history.timeline import LARGEST_PAGE, AsOf, Wanted, cause_id, page


def _utc(moment: datetime) -> datetime:
    if not 1900 <= moment.year <= 9998:
        raise ValueError("between the years 1900 and 9998")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Cursor = Annotated[str, Query(max_length=1000, pattern=r"^[A-Za-z0-9_\-]+$")]


def _as_of(
    occurred_by: Annotated[Moment | None, Query(description="As it was: only what had happened by then.")] = None,
    recorded_by: Annotated[Moment | None, Query(description="As we knew it: only what we had learned by then.")] = None,
) -> AsOf:
    return AsOf(occurred_by=occurred_by, recorded_by=recorded_by)


def _wanted(
    source: Annotated[str | None, Query(max_length=100, description="Only what this service said.")] = None,
    channel: Annotated[str | None, Query(max_length=100, description="Only what took place there.")] = None,
    kind: Annotated[
        str | None, Query(max_length=100, description=f"Only events of this kind: {', '.join(KINDS)}.")
    ] = None,
    since: Annotated[Moment | None, Query(description="Only what happened then or later.")] = None,
    until: Annotated[Moment | None, Query(description="Only what happened before then.")] = None,
) -> Wanted:
    return Wanted(source=source, channel=channel, kind=kind, since=since, until=until)


def _now(request: Request) -> datetime:
    """Return the time on the application's own clock, where it has one."""
    clock: Callable[[], datetime] = getattr(request.app.state, "clock", lambda: datetime.now(UTC))
    return clock()


def history_router(reading: Any, language: Any) -> APIRouter:
    """Return the router; `reading` gives a read-only connection, `language` `en` or `zh` (annotated types)."""
    router = APIRouter(tags=["history"])
    endpoints: dict[str, Callable[..., Any]] = {
        "/customers/{customer_id}/history": history,
        "/customers/{customer_id}/front-desk": at_the_front_desk,
        "/customers/{customer_id}/history/digest": digest_of_customer,
        "/history/digest": digest_of_everything,
    }
    for path, endpoint in endpoints.items():
        hosted = _hosted(endpoint, db=reading, reader_language=language)
        router.add_api_route(path, hosted, methods=["GET"], operation_id=endpoint.__name__)
    return router


def history(
    customer_id: UUID,
    db: Connection,
    reader_language: Language,
    wanted: Annotated[Wanted, Depends(_wanted)],
    as_of: Annotated[AsOf, Depends(_as_of)],
    cursor: Annotated[Cursor | None, Query(description="`next` of the previous page.")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Entries on a page.")] = 50,
) -> answers.History:
    """List what happened to a customer and what they did, at every touchpoint, newest first."""
    found = page(db, customer_id, wanted, as_of=as_of, cursor=cursor, limit=limit)
    narrator = Narrator.reading(db, reader_language)
    return answers.History(items=[_entry(row, found.causes, narrator) for row in found.rows], next=found.next)


def at_the_front_desk(
    customer_id: UUID,
    db: Connection,
    reader_language: Language,
    as_of: Annotated[AsOf, Depends(_as_of)],
    now: Annotated[datetime, Depends(_now)],
) -> answers.FrontDesk:
    """List open, refused and just settled questions and complaints, with the answer or the reason why there is none."""
    narrator = Narrator.reading(db, reader_language)
    concerns = front_desk(db, customer_id, now=now, as_of=as_of)
    return answers.FrontDesk(items=[_shown(concern, narrator) for concern in concerns])


def digest_of_customer(customer_id: UUID, db: Connection) -> answers.CustomerDigest:
    """Return one digest of a customer's history, the same in every service that has received the same."""
    return answers.CustomerDigest(digest=digest(db, customer_id))


def digest_of_everything(db: Connection) -> answers.WholeDigest:
    """Return one digest of all histories, and the positions it belongs to."""
    read = positions(db)
    return answers.WholeDigest(digest=digest(db), count=read.count, positions=read.offsets)


def _hosted(endpoint: Callable[..., Any], **given: Any) -> Callable[..., Any]:
    """Return the endpoint with the parameters that come from the host's dependencies."""

    @wraps(endpoint)
    def hosted(**arguments: Any) -> Any:
        return endpoint(**arguments)

    shape = signature(endpoint)
    parameters = [each.replace(annotation=given.get(name, each.annotation)) for name, each in shape.parameters.items()]
    hosted.__signature__ = shape.replace(parameters=parameters)  # type: ignore[attr-defined]
    return hosted


def _entry(row: Row[Any], causes: frozenset[UUID], narrator: Narrator) -> answers.Entry:
    cause = cause_id(row)
    return answers.Entry(
        **{name: getattr(row, name) for name in answers.Entry.model_fields if hasattr(row, name) and name != "data"},
        data=orjson.loads(row.data),
        **narrator.words(row)._asdict(),
        cause=cause if cause in causes else None,
    )


def _shown(concern: Concern, narrator: Narrator) -> answers.ConcernShown:
    content = {name: getattr(concern, name) for name in answers.ConcernShown.model_fields if name != "sentence"}
    return answers.ConcernShown(**content, sentence=narrator.concern(concern))
