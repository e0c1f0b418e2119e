"""Explanations of movements of points, in Chinese and in English."""

from typing import Any

from crm_kernel import Language, LocalizedText

PURCHASE = LocalizedText(
    "{points} points for an order, {rate} for each unit of currency; to be spent by {expires_on}.",
    "订单获得 {points} 积分，每一货币单位 {rate} 分，有效期至 {expires_on}。",
)
GOODWILL = LocalizedText(
    "{points} points because a complaint took long; to be spent by {expires_on}.",
    "因投诉处理较久，赠送 {points} 积分，有效期至 {expires_on}。",
)
OTHERWISE_EARNED = LocalizedText(
    "{points} points were credited; to be spent by {expires_on}.", "记入 {points} 积分，有效期至 {expires_on}。"
)
TAKEN_BACK = LocalizedText("{points} points taken back with a return.", "退货扣回 {points} 积分。")
TAKEN_BACK_SHORT = LocalizedText(
    "{points} points taken back with a return; {shortfall} more had already been spent.",
    "退货扣回 {points} 积分，另有 {shortfall} 积分此前已被使用。",
)
REDEEMED = LocalizedText("{points} points spent in {unit}: {purpose}", "在 {unit} 使用 {points} 积分：{purpose}")
EXPIRED = LocalizedText(
    "{points} points were not spent in time and expired on {expired_on}.",
    "{points} 积分未在有效期内使用，已于 {expired_on} 失效。",
)


def explanation_of(movement: Any, language: Language) -> str:
    """Explain this movement of points in one sentence."""
    return (
        _sentence(movement)
        .in_language(language)
        .format(
            points=abs(movement.points),
            rate=movement.rate,
            expires_on=movement.expires_on,
            expired_on=movement.expired_on,
            shortfall=movement.shortfall,
            unit=movement.unit,
            purpose=movement.purpose,
        )
    )


def _sentence(movement: Any) -> LocalizedText:
    match movement.kind:
        case "earned":
            return {"purchase": PURCHASE, "goodwill": GOODWILL}.get(movement.reason, OTHERWISE_EARNED)
        case "taken_back":
            return TAKEN_BACK_SHORT if movement.shortfall else TAKEN_BACK
        case "redeemed":
            return REDEEMED
        case _:
            return EXPIRED
