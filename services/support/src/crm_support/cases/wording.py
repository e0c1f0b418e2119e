"""Sentences on the state of a case, for a clerk to read out, in Chinese and in English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from crm_kernel import LocalizedText

# Desks and people that are not named here are shown as they were given.
NAMES: Mapping[str, LocalizedText] = MappingProxyType(
    {
        "care": LocalizedText("care", "客户关怀"),
        "complaints": LocalizedText("complaints", "投诉"),
        "hotline": LocalizedText("hotline", "热线"),
        "online": LocalizedText("online", "在线"),
        "product": LocalizedText("product", "产品"),
        "service": LocalizedText("service", "服务"),
        "service-supervisor": LocalizedText("the service supervisor", "客服主管"),
        "store": LocalizedText("store", "门店"),
    }
)
OPEN = LocalizedText("No answer yet; the {desk} desk has it.", "尚未答复，由{desk}服务台处理。")
ESCALATED = LocalizedText("No answer yet; it was escalated to {to}.", "尚未答复，已升级至{to}。")
REOPENED = LocalizedText("It is open again: {reason}", "已重新打开：{reason}")
ANSWERED = LocalizedText("The customer was told: {answer}", "已答复客户：{answer}")
NO_REMEDY = LocalizedText("There is no remedy yet: {reason}", "暂无解决办法：{reason}")
EXPECTED = LocalizedText(
    "There is no remedy yet: {reason} Expected on {day}.", "暂无解决办法：{reason} 预计{day}解决。"
)
RESOLVED = LocalizedText("It is settled: {resolution}", "已解决：{resolution}")


def status_text(case: Any, language: str) -> str:
    """Return the sentence for a row of the read model."""
    return (
        _sentence(case)
        .in_language(language)
        .format(
            desk=_named(case.desk, language),
            to=_named(case.escalated_to or "", language),
            answer=case.answer,
            reason=_ended(case.reason),
            day=case.expected_on,
            resolution=case.resolution,
        )
    )


def _named(name: str, language: str) -> str:
    return NAMES[name].in_language(language) if name in NAMES else name


def _sentence(case: Any) -> LocalizedText:
    match case.state:
        case "answered":
            return ANSWERED
        case "unresolvable":
            return EXPECTED if case.expected_on else NO_REMEDY
        case "resolved":
            return RESOLVED
        case _ if case.escalated_to:
            return ESCALATED
        case _:
            return REOPENED if case.reason else OPEN


def _ended(reason: str | None) -> str | None:
    """Return the reason with a full stop, for a sentence follows."""
    return reason if not reason or reason[-1] in ".!?。！？" else f"{reason}."
