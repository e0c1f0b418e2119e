"""Public events of points, as they go on the wire."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from crm_chassis.testing import NOON
from crm_eventlog.aggregate import Aggregate
from crm_loyalty.points.points_account import PointsAccount
from crm_loyalty.points.publishing import publish
from crm_loyalty.programme.rules import PROGRAMMES

MS_CHEN, PHONE = UUID(int=7), UUID(int=101)
MEMBER = '{"customer_id":"00000000-0000-0000-0000-000000000007","member_id":"9a38a5a7-7fea-56d8-9437-002341204966"'
PHONE_LOT = '"lot_id":"46b4908d-cc97-5550-9f7f-97939e7b0c07"'


def published(aggregate: Aggregate) -> list[str]:
    """Return the public events of everything that was decided."""
    events = [publish(fact, MS_CHEN) for fact in aggregate.pending_events]
    return [event.model_dump_json() for event in events if event]


def test_points_earned_are_told_with_their_rate_and_their_last_day(an_account_with_two_lots: PointsAccount) -> None:
    assert published(an_account_with_two_lots)[0] == (
        f'{MEMBER},{PHONE_LOT},"points":100,"reason":"purchase","order_id":"00000000-0000-0000-0000-000000000065",'
        '"case_id":null,"rate":"1","expires_on":"2028-03-01","balance":100,"programme_version":1}'
    )


def test_goodwill_is_told_with_its_case_and_without_a_rate(an_empty_account: PointsAccount) -> None:
    an_empty_account.grant_goodwill(
        case_id=UUID(int=2), waited=timedelta(days=3), programme=PROGRAMMES[0], at=NOON + timedelta(days=33)
    )

    assert published(an_empty_account)[0] == (
        f'{MEMBER},"lot_id":"cfdf406d-574f-5808-b060-5065f4828d2d","points":200,"reason":"goodwill","order_id":null,'
        '"case_id":"00000000-0000-0000-0000-000000000002","rate":null,"expires_on":"2028-04-03","balance":200,"programme_version":1}'
    )


def test_points_spent_are_told_with_their_purpose_and_lots(an_account_with_two_lots: PointsAccount) -> None:
    an_account_with_two_lots.redeem(
        redemption_id=UUID(int=5), points=20, purpose="手机壳", unit="yuexiu", at=NOON + timedelta(days=31)
    )

    assert published(an_account_with_two_lots)[-1] == (
        f'{MEMBER},"redemption_id":"00000000-0000-0000-0000-000000000005","points":20,'
        f'"from_lots":[{{{PHONE_LOT},"points":20}}],"purpose":"手机壳","unit":"yuexiu","balance":380}}'
    )


def test_points_taken_back_are_told_with_the_return_and_the_shortfall(an_account_with_two_lots: PointsAccount) -> None:
    later = NOON + timedelta(days=31)
    an_account_with_two_lots.redeem(redemption_id=UUID(int=5), points=390, purpose="手机壳", unit="yuexiu", at=later)

    an_account_with_two_lots.take_back(
        return_id=UUID(int=4), order_id=PHONE, refund=Decimal(50), order_total=Decimal(100), at=later
    )

    assert published(an_account_with_two_lots)[-1] == (
        f'{MEMBER},"return_id":"00000000-0000-0000-0000-000000000004",'
        '"order_id":"00000000-0000-0000-0000-000000000065","points":10,'
        '"from_lots":[{"lot_id":"0b12ed08-cbf1-5f82-b919-a2e156e3ce05","points":10}],"shortfall":40,"balance":0}'
    )


def test_points_expired_are_told_with_the_first_day_without_them(an_account_with_two_lots: PointsAccount) -> None:
    phone, _ = an_account_with_two_lots.lots

    an_account_with_two_lots.expire(lot_id=phone, at=datetime.fromisoformat("2028-03-02T00:00:00+08:00"))

    assert published(an_account_with_two_lots)[-1] == (
        f'{MEMBER},{PHONE_LOT},"points":100,"expired_on":"2028-03-02","balance":300}}'
    )


def test_only_the_opening_of_an_account_stays_private(an_empty_account: PointsAccount) -> None:
    assert published(an_empty_account) == []
