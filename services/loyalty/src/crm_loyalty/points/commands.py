"""Commands about points."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from crm_eventlog.command import Command
from crm_kernel import DomainError, LocalizedText

LARGEST_AMOUNT = 10**15
MOST_POINTS = 10**15
# A case may be reported as far back as the year 1900.
LONGEST_WAIT = timedelta(days=150_000)


class MemberNotNamed(DomainError, ValueError):
    """The owner of the points is named once: by the customer's id or by the member's."""

    message = LocalizedText("Name either the customer or the member.", "请填写客户编号或会员编号，二者选一。")
    hint = LocalizedText("Send either customer_id or member_id.", "请发送 customer_id 或 member_id。")


Amount = Annotated[Decimal, Field(max_digits=20, decimal_places=6, le=LARGEST_AMOUNT)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["CNY"])]


class EarnPoints(Command):
    """Give the points that an order earns at the member's level; an order earns once."""

    customer_id: UUID
    order_id: UUID
    amount: Amount = Field(gt=0, examples=["4999.00"])
    currency: Currency


class TakeBackPoints(Command):
    """Take back the points of returned goods: the share of the order's points that `refund` is of `order_total`."""

    customer_id: UUID
    return_id: UUID
    order_id: UUID
    refund: Amount = Field(gt=0, examples=["199.00"])
    order_total: Amount = Field(gt=0, examples=["4999.00"])


class RedeemPoints(Command):
    """Spend a member's points in this unit, those that expire soonest first; all or none."""

    customer_id: UUID | None = None
    member_id: UUID | None = None
    redemption_id: UUID | None = Field(default=None, description="Counts once; a new one is made when left out.")
    points: int = Field(ge=1, le=MOST_POINTS, examples=[500])
    purpose: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(examples=["手机壳 / phone case"])

    @model_validator(mode="after")
    def _one_member(self) -> Self:
        if (self.customer_id is None) == (self.member_id is None):
            raise MemberNotNamed("customer_id", self.customer_id)
        return self


class ExpireLot(Command):
    """Declare expired what is left of a lot whose last day is over; the clock asks for it."""

    customer_id: UUID
    lot_id: UUID


class GrantGoodwill(Command):
    """Thank a customer whose complaint took long, with as many points as the programme gives for this wait."""

    customer_id: UUID
    case_id: UUID
    waited: timedelta = Field(ge=timedelta(0), le=LONGEST_WAIT, examples=["P3DT2H"])
