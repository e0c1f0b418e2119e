"""Pydantic's errors in English and Chinese, each with a hint."""

from collections.abc import Mapping
from typing import Any

from crm_eventlog.aggregate import DomainError, LocalizedText

CORRECT_IT = DomainError.hint

# pydantic's error type -> the rule in Chinese; {names} are filled from the error's context.
RULES_ZH: Mapping[str, str] = {
    "missing": "此字段必填。",
    "extra_forbidden": "不接受此字段。",
    "json_invalid": "请求体不是有效的 JSON。",
    "json_type": "请求体必须是 JSON 文本。",
    "model_attributes_type": "应为 JSON 对象。",
    "model_type": "应为 JSON 对象。",
    "dict_type": "应为 JSON 对象。",
    "list_type": "应为列表。",
    "tuple_type": "应为列表。",
    "set_type": "应为列表。",
    "frozen_set_type": "应为列表。",
    "too_short": "至少需要 {min_length} 项。",
    "too_long": "最多允许 {max_length} 项。",
    "string_type": "应为文本。",
    "string_unicode": "文本不是有效的 Unicode。",
    "string_too_short": "至少需要 {min_length} 个字符。",
    "string_too_long": "最多允许 {max_length} 个字符。",
    "string_pattern_mismatch": "文本必须符合格式 {pattern}。",
    "enum": "只能取以下值之一：{expected}。",
    "literal_error": "只能取以下值之一：{expected}。",
    "none_required": "此值必须为空。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_parsing_size": "整数过长。",
    "int_from_float": "应为整数，不带小数。",
    "float_type": "应为数字。",
    "float_parsing": "应为数字。",
    "finite_number": "应为有限的数字。",
    "greater_than": "必须大于 {gt}。",
    "greater_than_equal": "必须大于或等于 {ge}。",
    "less_than": "必须小于 {lt}。",
    "less_than_equal": "必须小于或等于 {le}。",
    "multiple_of": "必须是 {multiple_of} 的倍数。",
    "decimal_type": "应为十进制数字。",
    "decimal_parsing": "应为十进制数字。",
    "decimal_max_digits": "总位数不得超过 {max_digits} 位。",
    "decimal_max_places": "小数位数不得超过 {decimal_places} 位。",
    "decimal_whole_digits": "整数部分不得超过 {whole_digits} 位。",
    "uuid_type": "应为 UUID。",
    "uuid_parsing": "应为有效的 UUID。",
    "uuid_version": "应为第 {expected_version} 版的 UUID。",
    "date_type": "应为日期。",
    "date_parsing": "应为有效的日期（YYYY-MM-DD）。",
    "date_from_datetime_parsing": "应为有效的日期（YYYY-MM-DD）。",
    "date_from_datetime_inexact": "应为不带时间的日期。",
    "date_past": "日期应在过去。",
    "date_future": "日期应在将来。",
    "datetime_type": "应为日期和时间。",
    "datetime_parsing": "应为有效的日期和时间（ISO 8601）。",
    "datetime_from_date_parsing": "应为有效的日期和时间（ISO 8601）。",
    "datetime_object_invalid": "应为有效的日期和时间（ISO 8601）。",
    "datetime_past": "时间应在过去。",
    "datetime_future": "时间应在将来。",
    "time_type": "应为时刻。",
    "time_parsing": "应为有效的时刻（HH:MM）。",
    "timezone_aware": "时间必须带时区。",
    "timezone_naive": "时间不得带时区。",
    "time_delta_type": "应为时长。",
    "time_delta_parsing": "应为有效的时长（ISO 8601）。",
    "url_type": "应为网址。",
    "url_too_long": "网址最多允许 {max_length} 个字符。",
    "url_parsing": "应为有效的网址。",
    "url_scheme": "网址必须以 {expected_schemes} 开头。",
    "union_tag_invalid": "未知的类别，只能是：{expected_tags}。",
    "union_tag_not_found": "缺少类别字段 {discriminator}。",
}
UNLISTED_ZH = "此值不符合规则。"

# pydantic's error type -> the hint, where "correct the value" is not enough.
WAYS_OUT: Mapping[str, LocalizedText] = {
    "missing": LocalizedText("Add the field and try again.", "请补上后重试。"),
    "extra_forbidden": LocalizedText("Remove the field, or check its spelling.", "请去掉此字段，或检查其拼写。"),
    "json_invalid": LocalizedText(
        "Send one JSON object with Content-Type: application/json.",
        "请以 Content-Type: application/json 发送一个 JSON 对象。",
    ),
    "model_attributes_type": LocalizedText(
        "Send one JSON object with Content-Type: application/json.",
        "请以 Content-Type: application/json 发送一个 JSON 对象。",
    ),
    "timezone_aware": LocalizedText(
        "Add the offset, for example 2026-03-01T09:30:00+08:00.", "请带上时区，例如 2026-03-01T09:30:00+08:00。"
    ),
}

# Header -> the hint how to send it.
HEADERS: Mapping[str, LocalizedText] = {
    "Crm-Actor": LocalizedText(
        "Name the actor in ASCII, other letters percent-encoded as UTF-8: Crm-Actor: lin.mei or %E6%9E%97%E6%A2%85.",
        "请用 ASCII 写明操作人，其他文字按 UTF-8 百分号编码，例如 Crm-Actor: lin.mei 或 %E6%9E%97%E6%A2%85。",
    ),
    "Crm-Unit": LocalizedText(
        "Name the store or office, for example Crm-Unit: tianhe.",
        "请写明所在门店或部门，例如 Crm-Unit: tianhe。",
    ),
    "If-Match": LocalizedText(
        'Send the ETag of the last response unchanged, for example If-Match: "3".',
        '请原样发送上次响应的 ETag，例如 If-Match: "3"。',
    ),
}


def rule_of(error: Mapping[str, Any]) -> LocalizedText:
    """Return the rule that one of pydantic's errors reports."""
    inner = refused_in(error)
    if inner is not None:
        return inner.message
    template = RULES_ZH.get(error["type"], UNLISTED_ZH)
    return LocalizedText(
        _sentence(str(error["msg"]).removeprefix("Value error, ")), _filled(template, error.get("ctx") or {})
    )


def hint_of(error: Mapping[str, Any]) -> LocalizedText:
    """Return what the caller can do about one of pydantic's errors."""
    inner = refused_in(error)
    if inner is not None:
        return inner.hint
    where, *rest = error["loc"] or ("",)
    if where == "header" and rest and rest[0] in HEADERS:
        return HEADERS[str(rest[0])]
    return WAYS_OUT.get(error["type"], CORRECT_IT)


def refused_in(error: Mapping[str, Any]) -> DomainError | None:
    """Return the DomainError, also a ValueError, that pydantic met while it validated."""
    inner = (error.get("ctx") or {}).get("error")
    return inner if isinstance(inner, DomainError) else None


def _sentence(words: str) -> str:
    return words if words.endswith((".", "。")) else f"{words}."


def _filled(template: str, context: Mapping[str, Any]) -> str:
    try:
        return template.format_map(dict(context))
    except (KeyError, IndexError, ValueError):
        return UNLISTED_ZH
