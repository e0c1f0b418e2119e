"""A purchase of Ms Chen in a shop, and the requests of that day."""

from typing import Any

from crm_chassis.testing import Client
from services.loyalty.tests.counter import Counter

MS_CHEN = "00000000-0000-0000-0000-000000000007"
NOBODY = "00000000-0000-0000-0000-00000000dead"
ORDER = "00000000-0000-0000-0000-000000000065"
ENROL = {"customer_id": MS_CHEN, "card_number": "6688 0001 vip"}
EARN = {"customer_id": MS_CHEN, "order_id": ORDER, "amount": "299.90", "currency": "CNY"}
SPEND = {"customer_id": MS_CHEN, "points": 100, "purpose": "手机壳"}


def asked(loyalty: Client, name: str, body: dict[str, Any], **headers: str) -> str:
    """Ask a command that must succeed; return the id of its aggregate."""
    return Counter(loyalty).asked(name, body, **headers)


def shown(loyalty: Client, path: str) -> Any:
    """Read what is shown, once the read models have processed every event."""
    counter = Counter(loyalty)
    counter.catch_up()
    return counter.shown(path)
