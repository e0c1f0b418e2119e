"""The cases of the month as their bodies show them in the end, each written out."""

from typing import Any
from uuid import UUID

from crm_support.cases.api import OpenCase
from crm_support.cases.read_models import cases
from services.support.tests import story
from services.support.tests.world import hours, text

# What the page of a desk leaves out.
OF_THE_CUSTOMER = (
    "order_id",
    "text",
    "answer",
    "reason",
    "expected_on",
    "resolution",
    "waited_seconds",
    "changed_at",
    "expectation",
    "experience",
    "satisfaction",
    "standing",
)


# What a case shows of itself that nobody has changed: what its rows hold by default.
UNCHANGED = {
    column.name: column.server_default.arg
    for column in cases.cases.columns
    if column.server_default is not None and column.name in OpenCase.model_fields
}


def _case(case_id: UUID, kind: str, channel: str, opened: float, changed: float, **known: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(("severity", "assignee", "escalated_to", *OF_THE_CUSTOMER)),
        **UNCHANGED,
        "case_id": str(case_id),
        "kind": kind,
        "channel": channel,
        "subject": f"Subject {case_id.int:x}",
        "text": f"Text {case_id.int:x}",
        "state": "open",
        "opened_at": text(hours(opened)),
        "changed_at": text(hours(changed)),
        **known,
    }


# Newest first; of two that were opened at the same moment, the greater id. `standing` is in English and in Chinese.
CASES: dict[UUID, list[dict[str, Any]]] = {
    story.MS_CHEN: [
        _case(
            story.SPARKS, "complaint", "field", 9, 11.5, desk="complaints", severity="critical",
            escalated_to="service-supervisor", state="resolved", resolution="Replaced", waited_seconds=9000,
            expectation=2, experience=5, satisfaction=3, standing=("It is settled: Replaced", "已解决：Replaced"),
        ),
        _case(
            story.SUGGESTION, "suggestion", "store", 5, 5, desk="product",
            standing=("No answer yet; the product desk has it.", "尚未答复，由产品服务台处理。"),
        ),
        _case(
            story.NOBODY_HELPS, "complaint", "call_centre", 4, 28, desk="complaints", severity="high",
            order_id=str(story.HER_ORDER), escalated_to="service-supervisor",
            standing=("No answer yet; it was escalated to the service supervisor.", "尚未答复，已升级至客服主管。"),
        ),
        _case(
            story.STRAP, "question", "mail", 3, 20, desk="online", reason="Too short",
            standing=("It is open again: Too short.", "已重新打开：Too short."),
        ),
        _case(
            story.FLICKER, "question", "web", 1, 3, desk="online", order_id=str(story.HER_ORDER), state="unresolvable",
            reason="No remedy until firmware 2.1", expected_on="2026-12-03",
            standing=(
                "There is no remedy yet: No remedy until firmware 2.1. Expected on 2026-12-03.",
                "暂无解决办法：No remedy until firmware 2.1. 预计2026-12-03解决。",
            ),
        ),
        _case(
            story.INVOICE, "question", "mail", 1, 1, desk="online",
            standing=("No answer yet; the online desk has it.", "尚未答复，由在线服务台处理。"),
        ),
    ],
    story.MR_WU: [
        _case(
            story.LOST, "complaint", "mail", 10, 54, desk="complaints", severity="high", reason="Not mine!",
            escalated_to="service-supervisor",
            standing=("No answer yet; it was escalated to the service supervisor.", "尚未答复，已升级至客服主管。"),
        ),
        _case(
            story.NEED, "need", "web", 5, 5, desk="product",
            standing=("No answer yet; the product desk has it.", "尚未答复，由产品服务台处理。"),
        ),
        _case(
            story.RUDE, "complaint", "store", 4, 50, desk="complaints", severity="low", state="resolved",
            resolution="Apologised", waited_seconds=46 * 3600, expectation=4, experience=1, satisfaction=-3,
            standing=("It is settled: Apologised", "已解决：Apologised"),
        ),
        _case(
            story.PARTY, "question", "vip_club", 3, 3, desk="service",
            standing=("No answer yet; the service desk has it.", "尚未答复，由服务服务台处理。"),
        ),
        _case(
            story.FITTING, "question", "store", 2, 5, desk="store", state="answered", answer="Please come in.",
            standing=("The customer was told: Please come in.", "已答复客户：Please come in."),
        ),
    ],
    story.MRS_LI: [
        _case(
            story.COLD, "complaint", "web", 6, 12, desk="complaints", severity="normal", order_id=str(story.LIS_ORDER),
            escalated_to="wang.lei", state="unresolvable", reason="No parts.",
            standing=("There is no remedy yet: No parts.", "暂无解决办法：No parts."),
        ),
        _case(
            story.PRAISE, "praise", "mail", 5, 5, desk="care",
            standing=("No answer yet; the care desk has it.", "尚未答复，由客户关怀服务台处理。"),
        ),
        _case(
            story.CRITICISM, "criticism", "service_centre", 5, 7, desk="complaints", state="answered",
            answer="We are sorry.", standing=("The customer was told: We are sorry.", "已答复客户：We are sorry."),
        ),
        _case(
            story.BATTERY, "question", "call_centre", 2, 3, desk="Tianhe workshop", assignee="he.qiang",
            standing=("No answer yet; the Tianhe workshop desk has it.", "尚未答复，由Tianhe workshop服务台处理。"),
        ),
    ],
}  # fmt: skip


def cases_of(customer_id: UUID, language: str) -> list[dict[str, Any]]:
    """List the customer's cases as the front desk reads them, the newest first."""
    tongue = ("en", "zh").index(language)
    mine = {"customer_id": str(customer_id)}
    return [{**case, **mine, "standing": case["standing"][tongue]} for case in CASES[customer_id]]


def cases_of_desk(*case_ids: UUID) -> list[dict[str, Any]]:
    """List these cases as their desk reads them."""
    all_of_them = {case["case_id"]: case for customer_id in CASES for case in cases_of(customer_id, "en")}
    wanted = [all_of_them[str(case_id)] for case_id in case_ids]
    return [{name: value for name, value in case.items() if name not in OF_THE_CUSTOMER} for case in wanted]
