"""Orders and debts over HTTP: who bought what where, what was paid for it, and who owes us."""

from typing import Any

import pytest

from services.sales.tests.desk import Desk
from services.sales.tests.world import (
    ANNA,
    BY_MAIL,
    BY_PHONE,
    CASES,
    EARLIEST,
    HER_SMALL,
    HERS,
    HIS,
    IN_YEN,
    MR_WU,
    MS_CHEN,
    NOBODY,
    OF_AGREED,
    ON_THE_WEB,
    PHONE,
    PHONES,
    SIGNED,
    SPRING,
    SUMMER,
    shown,
    yen,
    yuan,
)

THE_PHONE = {**PHONES, "line": 1, "unit_price": yuan("4999.00"), "total": yuan("4999.00")}
THE_CASES = {**CASES, "line": 2, "unit_price": yuan("39.00"), "total": yuan("100.00"), "assistant": None}
STATE = ("total", "paid", "refunded", "paid_back", "outstanding")


def state(order: dict[str, Any]) -> dict[str, str]:
    """Read how much of an order is paid, came back and is owed."""
    return {name: f"{order[name]['amount']} {order[name]['currency']}" for name in STATE}


@pytest.mark.feature("C53", "S61")
def test_purchases_at_every_touchpoint_are_one_history_of_one_customer_the_newest_first(world: Desk) -> None:
    pages = world.pages(f"/customers/{MS_CHEN}/orders", limit=2)

    told = ("order_id", "channel", "unit", "ordered_at", "ordered_with", "customer_id")
    assert [[tuple(order[name] for name in told) for order in page] for page in pages] == [
        [
            (HER_SMALL, "store", "beijing-lu", shown(13, 9), "he.qiang", MS_CHEN),
            (BY_MAIL, "mail", "mail-order", shown(12, 10), "deng.yu", MS_CHEN),
        ],
        [
            (BY_PHONE, "call_centre", "hotline", shown(12, 10), "gao.ning", MS_CHEN),
            (ON_THE_WEB, "web", "website", shown(11, 10), "shop.bot", MS_CHEN),
        ],
        [
            (SIGNED, "store", "tianhe", shown(10, 10), "li.na", MS_CHEN),
            (EARLIEST, "store", "tianhe", shown(9, 10), "li.na", MS_CHEN),
        ],
    ]
    assert [order for page in pages for order in page] == [
        world.read(f"/orders/{order_id}") for order_id in (HER_SMALL, BY_MAIL, BY_PHONE, ON_THE_WEB, SIGNED, EARLIEST)
    ]


def test_an_order_shows_everything_about_it(world: Desk) -> None:
    assert world.read(f"/orders/{BY_MAIL}") == {
        "order_id": BY_MAIL,
        "customer_id": MS_CHEN,
        "unit": "mail-order",
        "channel": "mail",
        "opportunity_id": None,
        "campaign_code": SUMMER,
        "ordered_at": shown(12, 10),
        "ordered_with": "deng.yu",
        "total": yuan("5099.00"),
        "paid": yuan("5050.00"),
        "refunded": yuan("66.66"),
        "paid_back": yuan("17.66"),
        "outstanding": yuan("0.00"),
        "lines": [
            {**THE_PHONE, "returned": 0, "refunded": yuan("0.00")},
            {**THE_CASES, "returned": 2, "refunded": yuan("66.66")},
        ],
    }


def test_an_order_shows_its_payments_its_returns_and_what_is_still_owed(world: Desk) -> None:
    orders = {order_id: world.read(f"/orders/{order_id}") for order_id in (SIGNED, ON_THE_WEB, BY_PHONE, HER_SMALL)}

    assert [tuple(state(order).values()) for order in orders.values()] == [
        ("5099.00 CNY", "3000.00 CNY", "0.00 CNY", "0.00 CNY", "2099.00 CNY"),
        ("10000 JPY", "10000 JPY", "0 JPY", "0 JPY", "0 JPY"),
        ("100.00 CNY", "100.00 CNY", "66.66 CNY", "66.66 CNY", "0.00 CNY"),
        ("700 JPY", "0 JPY", "0 JPY", "0 JPY", "700 JPY"),
    ]
    assert orders[BY_PHONE]["lines"] == [{**THE_CASES, "line": 1, "returned": 2, "refunded": yuan("66.66")}]
    assert [(line["quantity"], line["unit_price"], line["total"]) for line in orders[ON_THE_WEB]["lines"]] == [
        (2, yen("5000"), yen("10000"))
    ]


@pytest.mark.feature("S06")
def test_the_order_that_a_campaigns_lead_led_to_carries_the_campaign_unless_another_is_named(world: Desk) -> None:
    led_to, named = world.read(f"/orders/{SIGNED}"), world.read(f"/orders/{OF_AGREED}")

    assert (led_to["opportunity_id"], led_to["campaign_code"]) == (PHONE, SPRING)
    assert (named["opportunity_id"][-3:], named["campaign_code"]) == ("209", SUMMER)


@pytest.mark.feature("S41")
def test_a_deal_shows_at_signing_that_nothing_is_paid_and_afterwards_what_is(sales: Desk) -> None:
    sold = {"customer_id": MR_WU, "channel": "store", "lines": [CASES]}
    deal = sales.execute("open-opportunity", {"customer_id": MR_WU, "title": "Cases", "expected": yuan("90")})
    order = sales.execute("place-order", {**sold, "opportunity_id": deal})
    sales.execute("win-opportunity", {"opportunity_id": deal, "order_id": order})

    won = sales.read(f"/opportunities/{deal}")
    signed = state(sales.read(f"/orders/{won['order_id']}"))
    sales.execute("take-payment", {"order_id": order, "amount": yuan("30"), "means": "cash"})
    paid = state(sales.read(f"/orders/{won['order_id']}"))

    unpaid = {"total": "100.00 CNY", "paid": "0.00 CNY", "refunded": "0.00 CNY", "paid_back": "0.00 CNY"}
    assert (won["state"], won["order_id"]) == ("won", order)
    assert signed == {**unpaid, "outstanding": "100.00 CNY"}
    assert paid == {**unpaid, "paid": "30.00 CNY", "outstanding": "70.00 CNY"}


def entry(kind: str, amount: dict[str, str], day: int, hour: int, by: str, unit: str) -> dict[str, Any]:
    """Write an entry of an account as it is shown, but for the event."""
    return {"kind": kind, "amount": amount, "at": shown(day, hour), "by": by, "unit": unit}


def test_receivables_are_explained_by_their_events(world: Desk) -> None:
    hers = world.read(f"/customers/{MS_CHEN}/receivables")

    accounts = {each.pop("order_id"): each for each in hers["accounts"]["items"]}
    events = {order: [each.pop("event_id") for each in account["entries"]] for order, account in accounts.items()}
    assert (hers["customer_id"], hers["outstanding"]) == (MS_CHEN, [yuan("2099.01"), yen("700")])
    assert accounts[SIGNED] == {
        "ordered_at": shown(10, 10),
        "outstanding": yuan("2099.00"),
        "entries": [
            entry("ordered", yuan("5099.00"), 10, 10, "li.na", "tianhe"),
            entry("paid", yuan("-1000.00"), 10, 14, "gao.ning", "hotline"),
            entry("paid", yuan("-2000.00"), 12, 14, "gao.ning", "hotline"),
        ],
    }
    assert accounts[BY_MAIL] == {
        "ordered_at": shown(12, 10),
        "outstanding": yuan("0.00"),
        "entries": [
            entry("ordered", yuan("5099.00"), 12, 10, "deng.yu", "head-office"),
            entry("paid", yuan("-5050.00"), 13, 14, "gao.ning", "hotline"),
            entry("refunded", yuan("-66.66"), 14, 15, "he.qiang", "beijing-lu"),
            entry("paid_back", yuan("17.66"), 14, 15, "he.qiang", "beijing-lu"),
        ],
    }
    recorded = {str(each.id): (str(each.subject), each.sequence) for each in world.events}
    assert [recorded[each] for each in events[BY_MAIL]] == [(BY_MAIL, number) for number in (1, 2, 3, 3)]


def test_the_accounts_of_a_customer_are_shown_by_page_the_newest_order_first(world: Desk) -> None:
    path, pages, cursor = f"/customers/{MS_CHEN}/receivables?limit=2", [], ""
    while cursor is not None:
        accounts = world.read(path + (f"&cursor={cursor}" if cursor else ""))["accounts"]
        pages.append([account["order_id"] for account in accounts["items"]])
        cursor = accounts["next"]

    assert pages == [[HER_SMALL, BY_MAIL], [BY_PHONE, ON_THE_WEB], [SIGNED, EARLIEST]]


def test_debts_are_kept_apart_by_currency_and_the_largest_of_each_comes_first_by_page(world: Desk) -> None:
    hers = {"customer_id": ANNA, "outstanding": yen("8000"), "orders": 1}
    his = {"customer_id": MR_WU, "outstanding": yuan("40.00"), "orders": 2}
    small = {"customer_id": MS_CHEN, "outstanding": yen("700"), "orders": 1}

    assert world.pages("/receivables", limit=2) == [
        [{"customer_id": MS_CHEN, "outstanding": yuan("2099.01"), "orders": 2}, his],
        [{"customer_id": ANNA, "outstanding": yuan("40.00"), "orders": 1}, hers],
        [small],
    ]
    assert world.pages("/receivables?currency=JPY", limit=1) == [[hers], [small]]
    assert [debt["customer_id"] for debt in world.read("/receivables?currency=CNY")["items"]] == [
        MS_CHEN,
        MR_WU,
        ANNA,
    ]


def test_others_orders_stay_with_others_and_who_bought_nothing_owes_nothing(world: Desk) -> None:
    orders = {who: world.read(f"/customers/{who}/orders")["items"] for who in (MR_WU, ANNA, NOBODY)}

    assert [[order["order_id"] for order in found] for found in orders.values()] == [
        [OF_AGREED, HIS],
        [HERS, IN_YEN],
        [],
    ]
    assert world.read(f"/customers/{NOBODY}/receivables") == {
        "customer_id": NOBODY,
        "outstanding": [],
        "accounts": {"items": [], "next": None},
    }
