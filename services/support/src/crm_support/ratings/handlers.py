"""Handlers of commands about ratings."""

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_support.cases import Case
from crm_support.ratings.commands import RateService
from crm_support.ratings.rating import Rating, ServiceAlreadyRated, rating_id
from crm_support.visits import Visit
from crm_support.vocabulary import RatedKind

RATED: dict[RatedKind, type[Case] | type[Visit]] = {RatedKind.CASE: Case, RatedKind.VISIT: Visit}


def rate_service(command: RateService, app: Application, context: CommandContext) -> CommandResult:
    subject = app.load(RATED[command.subject_kind], command.subject_id, expected_version=context.expected_version)
    if rating_id(subject.id) in app.repository:
        raise ServiceAlreadyRated("subject_id", subject.id)
    rating = Rating.give(
        customer_id=subject.partition_key,
        subject_kind=command.subject_kind,
        subject_id=subject.id,
        expectation=command.expectation,
        experience=command.experience,
        remark=command.remark,
    )
    return app.save(rating, context=context)
