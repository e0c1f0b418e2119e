"""Conservation of points: no point is lost and none is made, in any order of events and however late."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from crm_chassis.testing import NOON
from crm_eventlog.aggregate import DomainError
from crm_kernel import Money
from crm_loyalty.members.membership import member_id
from crm_loyalty.points.points_account import PointsAccount
from crm_loyalty.programme.rules import PROGRAMMES
from crm_loyalty.vocabulary import Level

MS_CHEN = UUID(int=7)
# Long enough that lots expire, and drawn at random so that every kind of report comes late.
moments = st.integers(0, 1500).map(lambda days: NOON + timedelta(days=days))
few = st.integers(1, 6).map(lambda number: UUID(int=number))
many = st.integers(1, 60).map(lambda number: UUID(int=number))
amounts = st.decimals("0.01", "500", places=2)


def an_account() -> PointsAccount:
    return PointsAccount(customer_id=MS_CHEN, member_id=member_id(MS_CHEN))


def buy(account: PointsAccount, order_id: UUID, amount: Decimal, level: Level, at: datetime) -> None:
    yuan = Money(amount, "CNY")
    account.earn(order_id=order_id, amount=yuan, level=level, programme=PROGRAMMES[0], at=at)


class Life(RuleBasedStateMachine):
    """The life of one account; what it refuses leaves no trace."""

    def __init__(self) -> None:
        super().__init__()
        self.account = an_account()
        self.movements: list[tuple[datetime, int]] = []

    def ask(self, at: datetime, decide: Callable[..., None], **content: Any) -> bool:
        try:
            decide(at=at, **content)
        except DomainError:
            return False
        fact = self.account.pending_events[-1]
        self.movements.append((at, fact.points if isinstance(fact, PointsAccount.Earned) else -fact.points))
        return True

    @rule(order_id=few, amount=amounts, level=st.sampled_from(Level), at=moments)
    def buy(self, order_id: UUID, amount: Decimal, level: Level, at: datetime) -> None:
        self.ask(at, buy, account=self.account, order_id=order_id, amount=amount, level=level)

    @rule(case_id=few, days=st.integers(0, 10), at=moments)
    def wait_for_help(self, case_id: UUID, days: int, at: datetime) -> None:
        waited = timedelta(days=days)
        self.ask(at, self.account.grant_goodwill, case_id=case_id, waited=waited, programme=PROGRAMMES[0])

    @rule(redemption_id=many, points=st.integers(1, 600), at=moments)
    def redeem(self, redemption_id: UUID, points: int, at: datetime) -> None:
        in_turn = sorted(self.account.lots.values(), key=lambda lot: (lot.expires_on, lot.earned_at, lot.lot_id))
        in_turn = [lot.lot_id for lot in in_turn if lot.spendable(at)]
        if self.ask(at, self.account.redeem, redemption_id=redemption_id, points=points, purpose="p", unit="u"):
            drawn = [share.lot_id for share in self.account.pending_events[-1].from_lots]
            assert drawn == in_turn[: len(drawn)]
            assert all(not self.account.lots[lot_id].left for lot_id in drawn[:-1])

    @rule(return_id=many, order_id=few, refund=amounts, later=st.integers(0, 900))
    def give_back(self, return_id: UUID, order_id: UUID, refund: Decimal, later: int) -> None:
        purchase = self.account.purchases.get(order_id)
        if purchase:
            at = self.account.lots[purchase.lot_id].earned_at + timedelta(days=later)
            content = {"return_id": return_id, "order_id": order_id, "refund": refund, "order_total": Decimal(500)}
            self.ask(at, self.account.take_back, **content)

    @rule(which=st.integers(0, 11), later=st.integers(0, 100))
    def let_a_lot_expire(self, which: int, later: int) -> None:
        lots = list(self.account.lots.values())
        if lots:
            lot = lots[which % len(lots)]
            self.ask(lot.ends_at + timedelta(days=later), self.account.expire, lot_id=lot.lot_id)

    @invariant()
    def earned_is_spent_and_expired_and_taken_back_and_left(self) -> None:
        account = self.account
        left = sum(lot.left for lot in account.lots.values())
        assert account.earned == account.spent + account.expired + account.taken_back + left

    @invariant()
    def what_is_left_can_be_spent_or_its_day_is_over_or_has_not_come(self) -> None:
        for at in (NOON, NOON + timedelta(days=700), NOON + timedelta(days=1400)):
            lots = self.account.lots.values()
            unseen = sum(lot.left for lot in lots if at < lot.earned_at or lot.lapsed(at))
            assert self.account.available(at) == sum(lot.left for lot in lots) - unseen

    @invariant()
    def nothing_is_below_zero(self) -> None:
        assert all(0 <= lot.left <= lot.points for lot in self.account.lots.values())
        assert all(fact.balance >= 0 for fact in self.account.pending_events[1:])

    @invariant()
    def nothing_is_below_zero_in_the_order_of_time_either(self) -> None:
        in_time = sorted(self.movements, key=lambda movement: movement[0])
        assert all(balance >= 0 for balance in accumulate(points for _, points in in_time))

    @invariant()
    def the_movements_add_up_to_what_is_left(self) -> None:
        assert sum(points for _, points in self.movements) == sum(lot.left for lot in self.account.lots.values())


def test_no_point_is_lost_and_none_is_made_whatever_happens_in_whatever_order() -> None:
    run_state_machine_as_test(Life, settings=settings(max_examples=60, stateful_step_count=30, deadline=None))


@given(st.lists(amounts, min_size=1, max_size=8), amounts)
def test_partial_returns_together_take_exactly_the_points_of_the_whole(refunds: list[Decimal], last: Decimal) -> None:
    total = sum(refunds, start=last)
    account = an_account()
    buy(account, UUID(int=1), total + 1, Level.SILVER, NOON)

    for number, refund in enumerate([*refunds, last]):
        account.take_back(return_id=UUID(int=number), order_id=UUID(int=1), refund=refund, order_total=total, at=NOON)

    assert (account.taken_back, account.shortfall, account.available(NOON)) == (account.earned, 0, 0)
