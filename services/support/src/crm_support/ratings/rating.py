"""Rating: what a customer expected of the service, and how good it was."""

from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import DomainError, LocalizedText
from crm_support.vocabulary import RatedKind

RATING_NAMESPACE = UUID("8c5f6a0e-52b1-5d0b-9d55-3f4f6f1f7a01")
GRADES = range(1, 6)


class ServiceAlreadyRated(DomainError):
    """A case or a visit is rated once, so that nobody counts twice."""

    message = LocalizedText("This service is already rated.", "该服务已评分。")
    hint = LocalizedText("Keep the first rating.", "请保留原有评分。")


class GradeOffTheScale(DomainError, ValueError):
    """Grades go from 1 to 5."""

    message = LocalizedText("A grade is a whole number from 1 to 5.", "评分为 1 到 5 的整数。")
    hint = LocalizedText("Choose one of the five grades.", "请从五个等级中选择。")


def rating_id(subject_id: UUID) -> UUID:
    """Return the id of the one rating of this case or visit."""
    return uuid5(RATING_NAMESPACE, subject_id.hex)


class Rating(Aggregate):
    """One customer's grades for one case or visit; it is given once and stays."""

    class Given(Aggregate.Created):
        customer_id: UUID
        subject_kind: RatedKind
        subject_id: UUID
        expectation: int
        experience: int
        satisfaction: int
        remark: str | None

    @staticmethod
    def create_id(subject_id: UUID) -> UUID:
        return rating_id(subject_id)

    @classmethod
    def give(
        cls,
        *,
        customer_id: UUID,
        subject_kind: RatedKind,
        subject_id: UUID,
        expectation: int,
        experience: int,
        remark: str | None = None,
    ) -> "Rating":
        """Return a new rating; its satisfaction is experience less expectation (catalogue P37), so -4 to 4."""
        for field, grade in (("expectation", expectation), ("experience", experience)):
            if grade not in GRADES:
                raise GradeOffTheScale(field, grade)
        return cls(
            customer_id=customer_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            expectation=expectation,
            experience=experience,
            satisfaction=experience - expectation,
            remark=remark,
        )

    @event(Given)
    def __init__(
        self,
        customer_id: UUID,
        subject_kind: RatedKind,
        subject_id: UUID,
        expectation: int,
        experience: int,
        satisfaction: int,
        remark: str | None,
    ) -> None:
        self.customer_id, self.subject_id, self.satisfaction = customer_id, subject_id, satisfaction

    @property
    def partition_key(self) -> UUID:
        return self.customer_id
