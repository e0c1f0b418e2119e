"""Answers of the history's addresses: entries, concerns at the front desk, digests."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from crm_history.front_desk import State


class Answer(BaseModel):
    """A part of an answer; every field is always there."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Entry(Answer):
    """One event of a customer's history: who, what, where and when, and why."""

    event_id: UUID = Field(description="The event's id, the same in every service.")
    what: str = Field(description="What happened, in the reader's language, to stand beside when, where and by whom.")
    sentence: str = Field(description="Who, what, where and when, in the reader's language.")
    occurred_at: datetime = Field(description="When it happened.")
    recorded_at: datetime = Field(description="When we learned it.")
    source: str = Field(description="The service that said it.", examples=["support"])
    kind: str = Field(description="What sort of thing it is.", examples=["question", "order", "points"])
    type: str = Field(description="Which event it is.", examples=["crm.support.QuestionAsked.v1"])
    channel: str = Field(description="Over which channel customer and company met.", examples=["web"])
    unit: str = Field(description="The code of the store or office.", examples=["GZ-TIANHE"])
    actor: str = Field(description="Who acted.", examples=["li.na"])
    role: str = Field(description="In which role.", examples=["clerk"])
    stream: UUID = Field(description="The record it belongs to, such as the case or the order.")
    version: int = Field(description="Its place in that record.")
    cause: UUID | None = Field(description="The event of this history that caused it, if one did.")
    correlation_id: str = Field(description="The same for everything that one request set in motion.")
    data: dict[str, Any] = Field(description="The event itself.")


class History(Answer):
    """A page of a customer's history, newest first; empty for a customer nobody has told this service about."""

    items: list[Entry] = Field(description="What happened last stands first.")
    next: str | None = Field(description="Pass it as `cursor` for the next, older page; empty on the last.")


class ConcernShown(Answer):
    """A question or complaint, for whoever receives the customer."""

    case_id: UUID = Field(description="The case.")
    kind: str = Field(description="`question` or `complaint`.")
    sentence: str = Field(description="How it stands, in the reader's language.")
    subject: str = Field(description="What it is about.")
    text: str = Field(description="What the customer said.")
    channel: str = Field(description="Where they said it.")
    severity: str | None = Field(description="How bad a complaint is.")
    asked_at: datetime = Field(description="When they said it.")
    state: State = Field(description="How far it has come.")
    answer: str | None = Field(description="The last thing the customer was told.")
    reason: str | None = Field(description="Why there is no answer, or why it was opened again or passed up.")
    expected_on: date | None = Field(description="When a remedy is expected.")
    desk: str | None = Field(description="The desk it lies with.")
    assignee: str | None = Field(description="The person it lies with.")
    escalated_to: str | None = Field(description="The person or desk it was passed up to.")
    changed_at: datetime = Field(description="When it last moved.")


class FrontDesk(Answer):
    """Questions and complaints that are open, refused or settled within the last two weeks; last changed first."""

    items: list[ConcernShown] = Field(description="What moved last stands first.")


class CustomerDigest(Answer):
    """The digest of one customer's history."""

    digest: str = Field(description="SHA-256, hexadecimal.")


class WholeDigest(CustomerDigest):
    """The digest of everything this service has heard about customers, and how far it has heard."""

    count: int = Field(description="The number of events in it.")
    positions: dict[str, dict[int, int]] = Field(
        description="Topic -> partition -> the offset read next. Equal positions, equal digests."
    )
