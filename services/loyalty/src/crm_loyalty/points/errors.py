"""Errors of a points account: what is reported twice, what is not there, and what cannot be spent."""

from crm_kernel import DomainError, LocalizedText, NotFound


class OrderAlreadyEarned(DomainError):
    """An order earns points once, however often it is reported."""

    message = LocalizedText("This order has already earned its points.", "该订单已累积积分。")
    hint = LocalizedText("No action is needed: the points are on the account.", "无需处理：积分已入账。")


class GoodwillAlreadyGranted(DomainError):
    """A case is thanked for once, also when it was reopened and settled again."""

    message = LocalizedText("Goodwill points have already been given for this case.", "该服务单已赠送补偿积分。")
    hint = LocalizedText("No action is needed: the points are on the account.", "无需处理：积分已入账。")


class ReturnAlreadyTakenBack(DomainError):
    """A return takes points back once."""

    message = LocalizedText("The points of this return have already been taken back.", "该退货已扣回积分。")
    hint = LocalizedText("No action is needed: the account is correct.", "无需处理：账户无误。")


class OrderEarnedNothing(DomainError):
    """Only points that an order earned are taken back with it."""

    message = LocalizedText("This order earned no points.", "该订单未累积积分。")
    hint = LocalizedText(
        "No points need to be taken back; if in doubt, check the order's id.", "无需扣回；如有疑问请核对订单编号。"
    )


class AlreadyRedeemed(DomainError):
    """A redemption counts once."""

    message = LocalizedText("This redemption has already been counted.", "该笔兑换已入账。")
    hint = LocalizedText("Use a new redemption id for another redemption.", "如需再次兑换，请使用新的兑换编号。")


class LotUnknown(NotFound):
    """Every earning of an account is a lot of its own."""

    message = LocalizedText("The account has no lot with this id.", "该账户没有此批积分。")


class NotEnoughPoints(DomainError):
    """A balance never falls below zero, and points that have expired cannot be spent."""

    hint = LocalizedText("Redeem no more than the available points.", "兑换数不得超过可用余额。")

    def __init__(self, field: str, value: int, *, available: int) -> None:
        self.message = LocalizedText(f"Only {available} points can be spent.", f"可用积分仅 {available} 分。")
        super().__init__(field, value)


class LotNotYetExpired(DomainError):
    """Points expire when their last day is over, not before."""

    message = LocalizedText("These points have not expired yet.", "该批积分的有效期尚未结束。")
    hint = LocalizedText("Try again on the day after they expire.", "请在到期次日处理。")


class NothingLeftToExpire(DomainError):
    """Every point of this lot was spent, taken back or declared expired."""

    message = LocalizedText("No points of this lot are left.", "该批积分已无剩余。")
    hint = LocalizedText("No action is needed.", "无需处理。")
