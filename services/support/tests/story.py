"""A month of three customers with support: cases of each kind and desk, deadlines that pass or not, visits, ratings."""

from typing import Any
from uuid import UUID

from services.support.tests.world import World, a_return, an_order, hours

MS_CHEN, MR_WU, MRS_LI = UUID(int=7), UUID(int=8), UUID(int=6)
HER_ORDER, HIS_ORDER, LIS_ORDER, SENT_BACK = (UUID(int=number) for number in (0xA1, 0xB1, 0xC1, 0xD1))
# Ids are not in the order of time, and some cases are opened at the same moment.
FLICKER, INVOICE, FITTING, BATTERY, STRAP, PARTY = (UUID(int=id) for id in (0x51, 0x31, 0x42, 0x41, 0x22, 0x61))
NOBODY_HELPS, RUDE, COLD, SPARKS, LOST = (UUID(int=number) for number in (0x21, 0x11, 0x12, 0x10, 0x13))
PRAISE, SUGGESTION, NEED, CRITICISM = (UUID(int=number) for number in (0x71, 0x73, 0x72, 0x15))

Step = tuple[float, str, dict[str, Any]]
OPENED: tuple[Step, ...] = (
    (1, "ask-question", {"case_id": FLICKER, "customer_id": MS_CHEN, "channel": "web", "order_id": HER_ORDER}),
    (1, "ask-question", {"case_id": INVOICE, "customer_id": MS_CHEN, "channel": "mail"}),
    (2, "ask-question", {"case_id": FITTING, "customer_id": MR_WU, "channel": "store"}),
    (2, "ask-question", {"case_id": BATTERY, "customer_id": MRS_LI, "channel": "call_centre"}),
    (3, "ask-question", {"case_id": STRAP, "customer_id": MS_CHEN, "channel": "mail"}),
    (3, "ask-question", {"case_id": PARTY, "customer_id": MR_WU, "channel": "vip_club"}),
    (4, "file-complaint", {
        "case_id": NOBODY_HELPS, "customer_id": MS_CHEN, "channel": "call_centre", "severity": "high",
        "order_id": HER_ORDER,
    }),
    (4, "file-complaint", {"case_id": RUDE, "customer_id": MR_WU, "channel": "store", "severity": "low"}),
    (5, "give-feedback", {"case_id": PRAISE, "customer_id": MRS_LI, "channel": "mail", "kind": "praise"}),
    (5, "give-feedback", {"case_id": SUGGESTION, "customer_id": MS_CHEN, "channel": "store", "kind": "suggestion"}),
    (5, "give-feedback", {"case_id": NEED, "customer_id": MR_WU, "channel": "web", "kind": "need"}),
    (5, "give-feedback", {
        "case_id": CRITICISM, "customer_id": MRS_LI, "channel": "service_centre", "kind": "criticism",
    }),
    (6, "file-complaint", {"case_id": COLD, "customer_id": MRS_LI, "channel": "web", "order_id": LIS_ORDER}),
    (9, "file-complaint", {"case_id": SPARKS, "customer_id": MS_CHEN, "channel": "field", "severity": "critical"}),
    (10, "file-complaint", {"case_id": LOST, "customer_id": MR_WU, "channel": "mail", "severity": "high"}),
)  # fmt: skip
CHANGED: tuple[Step, ...] = (
    (3, "declare-case-unresolvable", {
        "case_id": FLICKER, "reason": "No remedy until firmware 2.1", "expected_on": "2026-12-03",
    }),
    (3, "assign-case", {"case_id": BATTERY, "desk": "Tianhe workshop", "assignee": "he.qiang"}),
    (5, "answer-case", {"case_id": FITTING, "answer": "Please come in."}),
    (7, "answer-case", {"case_id": CRITICISM, "answer": "We are sorry."}),
    (8, "escalate-case", {"case_id": COLD, "to": "wang.lei", "reason": "Urgent"}),
    (10, "resolve-case", {"case_id": STRAP, "resolution": "Sent"}),
    (12, "declare-case-unresolvable", {"case_id": COLD, "reason": "No parts."}),
    # Settled before its deadline, which nobody knew until it had passed.
    (14, "resolve-case", {"case_id": SPARKS, "resolution": "Replaced", "occurred": hours(11.5), "unit": "beijing"}),
    (15, "rate-service", {
        "subject_kind": "case", "subject_id": SPARKS, "expectation": 2, "experience": 5, "remark": "Quick",
    }),
    (20, "reopen-case", {"case_id": STRAP, "reason": "Too short"}),
    (20, "resolve-case", {"case_id": LOST, "resolution": "Found"}),
    (30, "reopen-case", {"case_id": LOST, "reason": "Not mine!"}),
    (50, "resolve-case", {"case_id": RUDE, "resolution": "Apologised"}),
    (51, "rate-service", {"subject_kind": "case", "subject_id": RUDE, "expectation": 4, "experience": 1}),
)  # fmt: skip


def play(world: World) -> None:
    """Let the month pass."""
    hers, his = an_order(HER_ORDER, MS_CHEN), an_order(HIS_ORDER, MR_WU, unit="beijing")
    lis, sent_back = an_order(LIS_ORDER, MRS_LI), an_order(SENT_BACK, MS_CHEN)
    world.hear(hers, times=2)
    sales = (
        (5.0, his),
        (6.0, lis),
        (7.0, sent_back),
        (30.0, a_return(lis, whole=False)),
        (100.0, a_return(sent_back, whole=True)),
    )
    opened = tuple((hour, name, _worded(body)) for hour, name, body in OPENED)
    steps = (*opened, *CHANGED)
    for hour in sorted({step[0] for step in steps} | {hour for hour, _ in sales}):
        world.wait_until(hours(hour))
        for name, body in [step[1:] for step in steps if step[0] == hour]:
            world.ask(name, **body)
        for event in [event for at, event in sales if at == hour]:
            world.hear(event)
    world.wait_until(hours(24 * 32))
    _visit(world)


def _worded(body: dict[str, Any]) -> dict[str, Any]:
    number = body["case_id"].int
    return {"subject": f"Subject {number:x}", "text": f"Text {number:x}", **body}


def _visit(world: World) -> None:
    due = {(visit["order_id"], visit["rule"]): visit["visit_id"] for visit in world.get("/visits?limit=200")["items"]}
    world.ask("do-visit", visit_id=due[str(HER_ORDER), "three_days"], outcome="All is well")
    world.ask("skip-visit", visit_id=due[str(LIS_ORDER), "three_days"], reason="She moved away")
