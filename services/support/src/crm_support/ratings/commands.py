"""Commands about ratings."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from crm_eventlog.command import Command
from crm_support.fields import Prose
from crm_support.vocabulary import RatedKind

Grade = Annotated[int, Field(ge=1, le=5)]


class RateService(Command):
    """Grade a case or a visit from 1 to 5: what was expected, and what it was."""

    subject_kind: RatedKind
    subject_id: UUID
    expectation: Grade
    experience: Grade
    remark: Prose | None = None
