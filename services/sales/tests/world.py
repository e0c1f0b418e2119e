"""One world of sales, told over HTTP in the order in which it was reported, not in that in which it happened.

Three customers, two currencies, six units, two campaigns; orders of every channel, paid in parts and partly returned;
an opportunity in every stage, two won and one lost; more leads, orders and debts than a page of two.
"""

from typing import Any

from services.sales.tests.desk import Desk


def numbered(number: int) -> str:
    """Give the id with this number."""
    return f"00000000-0000-0000-0000-{number:012}"


MS_CHEN, MR_WU, ANNA, NOBODY = numbered(7), numbered(8), numbered(9), numbered(999)
SPRING, SUMMER = "CM-2026-048", "CM-2026-050"
# Leads; the even ones of the web are Zhou Lan's turn, the odd ones Xu Wei's.
HER_LOOK, HIS_LOOK, A_VISITORS, LATE_LOOK, GIVEN_TO_HER, GIVEN_AWAY, CALLED, BECAME_HERS = (
    numbered(each) for each in (110, 112, 114, 116, 111, 118, 121, 120)
)
# Opportunities.
PHONE, SCREEN, TABLETS, SERVICE, LOST, CASE, OFFERED, CABLE, AGREED = (numbered(each) for each in range(201, 210))
# Orders.
SIGNED, ON_THE_WEB, BY_PHONE, BY_MAIL, EARLIEST, HIS, OF_AGREED, IN_YEN, HERS, HER_SMALL = (
    numbered(each) for each in range(301, 311)
)


def yuan(amount: str) -> dict[str, str]:
    """Write an amount of yuan."""
    return {"amount": amount, "currency": "CNY"}


def yen(amount: str) -> dict[str, str]:
    """Write an amount of yen."""
    return {"amount": amount, "currency": "JPY"}


def cable(price: dict[str, str], **more: Any) -> dict[str, Any]:
    """Write an order line of one cable."""
    return {"sku": "CABLE", "name": "数据线", "unit_price": price, **more}


PHONES = {"sku": "X2", "name": "X2 手机", "quantity": 1, "unit_price": yuan("4999"), "assistant": "li.na"}
CASES = {"sku": "CASE", "name": "保护壳", "quantity": 3, "unit_price": yuan("39"), "total": yuan("100")}


def on(day: int, hour: int) -> str:
    """Write an hour of a day of February, in Beijing's time."""
    return f"2026-02-{day:02}T{hour:02}:00:00+08:00"


def shown(day: int, hour: int) -> str:
    """Write the same hour as it is shown, in UTC; from eight o'clock on, it is the same day."""
    return f"2026-02-{day:02}T{hour - 8:02}:00:00Z"


def tell(desk: Desk) -> None:
    """Send all commands, and let the read models take in what they made true."""
    for part in (_leads, _opportunities, _orders, _payments_and_returns):
        for at, actor, unit, command, body in part():
            desk.execute(command, body, crm_occurred_at=at, crm_actor=actor, crm_unit=unit, crm_channel="web")
    desk.project()


def _lead(lead_id: str, customer_id: str | None, source: str = "web", **more: Any) -> dict[str, Any]:
    known = {"customer_id": customer_id} if customer_id else {}
    return {"lead_id": lead_id, "source": source, "interest": f"A look of {lead_id[-3:]}", **known, **more}


def _leads() -> Any:
    capture = "capture-lead"
    yield on(1, 9), "shop.bot", "website", capture, _lead(HER_LOOK, MS_CHEN, keyword="X2 手机", campaign_code=SPRING)
    yield on(3, 9), "shop.bot", "website", capture, _lead(HIS_LOOK, MR_WU, city="beijing")
    yield on(3, 9), "shop.bot", "website", capture, _lead(A_VISITORS, None, keyword="guarantee")
    yield on(4, 9), "shop.bot", "website", capture, _lead(GIVEN_TO_HER, MR_WU)
    yield on(5, 9), "shop.bot", "website", capture, _lead(GIVEN_AWAY, ANNA)
    yield on(5, 10), "gao.ning", "hotline", capture, _lead(CALLED, ANNA, source="hotline")
    yield on(6, 9), "shop.bot", "website", capture, _lead(BECAME_HERS, ANNA, campaign_code=SUMMER)
    yield on(2, 9), "shop.bot", "website", capture, _lead(LATE_LOOK, ANNA, campaign_code=SUMMER)
    for day, lead_id, name in ((7, GIVEN_TO_HER, "zhou.lan"), (8, GIVEN_AWAY, "li.na")):
        given = {"lead_id": lead_id, "salesperson": name, "reason": "xu.wei is ill"}
        yield on(day, 9), "wang.jun", "head-office", "assign-lead", given


def _opportunities() -> Any:
    first = {"lead_id": HER_LOOK, "opportunity_id": PHONE, "title": "X2 phone with case", "expected": yuan("5098")}
    second = {"lead_id": BECAME_HERS, "opportunity_id": SCREEN, "title": "A screen", "expected": yen("5000")}
    yield on(2, 10), "xu.wei", "website", "convert-lead", first
    yield on(7, 10), "xu.wei", "website", "convert-lead", {**second, "stage": "need"}
    for opportunity_id, customer_id, expected, more in (
        (TABLETS, MR_WU, yuan("3000.01"), {"salesperson": "li.na", "campaign_code": SUMMER}),
        (SERVICE, MR_WU, yuan("700"), {}),
        (LOST, MS_CHEN, yuan("60"), {"stage": "offer"}),
        (CASE, ANNA, yen("301"), {"stage": "agreement"}),
        (OFFERED, MR_WU, yuan("20000"), {}),
        (CABLE, ANNA, yen("10001"), {}),
        (AGREED, MR_WU, yuan("20"), {"stage": "offer", "campaign_code": SPRING}),
    ):
        opened = {"opportunity_id": opportunity_id, "customer_id": customer_id, "expected": expected}
        title = f"Sale {opportunity_id[-1]}"
        yield on(8, 9), "he.qiang", "beijing-lu", "open-opportunity", {**opened, "title": title, **more}
    for day, opportunity_id, stage, why in (
        (3, PHONE, "offer", "asked for the price"),
        (4, PHONE, "need", "wants another model"),
        (9, SERVICE, "negotiation", "wants it cheaper"),
        (9, OFFERED, "offer", "asked for the price"),
        (9, AGREED, "agreement", "said yes"),
    ):
        move = {"opportunity_id": opportunity_id, "stage": stage, "why": why}
        yield on(day, 11), "zhou.lan", "tianhe", "move-opportunity", move
    lost = {"opportunity_id": LOST, "reason": "bought elsewhere"}
    yield on(9, 12), "he.qiang", "beijing-lu", "lose-opportunity", lost


def _order(order_id: str, customer_id: str, channel: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"order_id": order_id, "customer_id": customer_id, "channel": channel, "lines": lines, **more}


def _orders() -> Any:
    place = "place-order"
    signed = _order(SIGNED, MS_CHEN, "store", PHONES, CASES, opportunity_id=PHONE)
    yield on(10, 10), "li.na", "tianhe", place, signed
    yield on(12, 10), "gao.ning", "hotline", place, _order(BY_PHONE, MS_CHEN, "call_centre", CASES)
    yield on(11, 10), "shop.bot", "website", place, _order(ON_THE_WEB, MS_CHEN, "web", cable(yen("5000"), quantity=2))
    mail = _order(BY_MAIL, MS_CHEN, "mail", PHONES, CASES, unit="mail-order", campaign_code=SUMMER)
    yield on(12, 10), "deng.yu", "head-office", place, mail
    yield on(9, 10), "li.na", "tianhe", place, _order(EARLIEST, MS_CHEN, "store", cable(yuan("0.01")))
    his = _order(HIS, MR_WU, "store", cable(yuan("5")), cable(yuan("20")))
    yield on(10, 9), "he.qiang", "beijing-lu", place, his
    agreed = _order(OF_AGREED, MR_WU, "field", cable(yuan("20")), opportunity_id=AGREED, campaign_code=SUMMER)
    yield on(11, 9), "he.qiang", "beijing-lu", place, agreed
    yield on(11, 9), "he.qiang", "beijing-lu", place, _order(IN_YEN, ANNA, "vip_club", cable(yen("8000")))
    yield on(12, 9), "he.qiang", "beijing-lu", place, _order(HERS, ANNA, "service_centre", cable(yuan("40")))
    yield on(13, 9), "he.qiang", "beijing-lu", place, _order(HER_SMALL, MS_CHEN, "store", cable(yen("700")))
    for day, opportunity_id, order_id in ((10, PHONE, SIGNED), (11, AGREED, OF_AGREED)):
        won = {"opportunity_id": opportunity_id, "order_id": order_id}
        yield on(day, 12), "li.na", "tianhe", "win-opportunity", won


def _payments_and_returns() -> Any:
    for number, day, order_id, amount, means in (
        (401, 10, SIGNED, yuan("1000"), "mobile"),
        (402, 12, SIGNED, yuan("2000"), "card"),
        (403, 11, ON_THE_WEB, yen("10000"), "transfer"),
        (404, 12, BY_PHONE, yuan("100"), "cash"),
        (405, 13, BY_MAIL, yuan("5050"), "stored_value"),
    ):
        payment = {"payment_id": numbered(number), "order_id": order_id, "amount": amount, "means": means}
        yield on(day, 14), "gao.ning", "hotline", "take-payment", payment
    for number, day, order_id, line, quantity in (
        (501, 14, BY_PHONE, 1, 1),
        (502, 15, BY_PHONE, 1, 1),
        (503, 14, BY_MAIL, 2, 2),
        (504, 14, HIS, 1, 1),
    ):
        pieces = [{"line": line, "quantity": quantity}]
        taken_back = {"return_id": numbered(number), "order_id": order_id, "lines": pieces, "reason": "wrong colour"}
        yield on(day, 15), "he.qiang", "beijing-lu", "return-order", taken_back
