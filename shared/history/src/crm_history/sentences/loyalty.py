"""What loyalty says, in words."""

from crm_eventlog.aggregate import LocalizedText
from crm_events import loyalty
from crm_history.sentences.amounts import day, points, quoted
from crm_history.sentences.clause import Clause, it, the_customer, the_staff
from crm_history.sentences.codes import LEVELS, word
from crm_history.sentences.names import Names


def clause(event: object, names: Names) -> Clause | None:
    """The clause for an event of loyalty; None for anybody else's."""
    match event:
        case loyalty.MemberEnrolled(level=level, programme_version=version):
            rank = word(level, LEVELS)
            return the_customer(
                f"joined the loyalty programme at the level “{rank.en}” (rules, version {version})",
                f"加入会员计划，级别为“{rank.zh}”（规则第 {version} 版）",
            )
        case loyalty.CardIssued(number=number):
            return the_staff(f"gave the customer the member card {number}", f"为客户发放会员卡 {number}")
        case loyalty.PointsEarned():
            return _earned(event)
        case loyalty.PointsTakenBack():
            return _taken_back(event)
        case loyalty.PointsRedeemed(points=count, purpose=purpose, balance=balance):
            spent, left = points(count), _balance(balance)
            return the_customer(
                f"redeemed {spent.en} for {quoted(purpose)}{left.en}", f"用 {spent.zh}兑换{quoted(purpose)}{left.zh}"
            )
        case loyalty.PointsExpired(points=count, expired_on=expired_on, balance=balance):
            gone, on, left = points(count), day(expired_on), _balance(balance)
            return it(
                f"{gone.en} of the customer expired on {on.en}{left.en}", f"客户的 {gone.zh}于{on.zh}过期{left.zh}"
            )
    return None


def _earned(event: loyalty.PointsEarned) -> Clause:
    count, why, last, left = points(event.points), event.reason.label, day(event.expires_on), _balance(event.balance)
    rate = (
        LocalizedText(f" at {event.rate} per unit of currency", f"，每元 {event.rate} 分")
        if event.rate
        else LocalizedText("", "")
    )
    return the_customer(
        f"earned {count.en} {why.en}{rate.en}, to be spent until {last.en}{left.en}",
        f"获得 {count.zh}（{why.zh}{rate.zh}），有效期至{last.zh}{left.zh}",
    )


def _taken_back(event: loyalty.PointsTakenBack) -> Clause:
    count, left, missing = points(event.points), _balance(event.balance), points(event.shortfall)
    spent = (
        LocalizedText(f"; {missing.en} had been spent already", f"；{missing.zh}此前已用掉")
        if event.shortfall
        else LocalizedText("", "")
    )
    were = "was" if event.points == 1 else "were"
    return it(
        f"{count.en} {were} taken back from the customer because of a return{spent.en}{left.en}",
        f"因退货收回客户 {count.zh}{spent.zh}{left.zh}",
    )


def _balance(balance: int) -> LocalizedText:
    left = points(balance)
    return LocalizedText(f"; the balance is {left.en}", f"；余额 {left.zh}")
