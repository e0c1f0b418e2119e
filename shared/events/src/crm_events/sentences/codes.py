"""Words for codes that a company chooses itself; a code without words stands as it is."""

from collections.abc import Mapping

from crm_kernel import LocalizedText

RULES: Mapping[str, LocalizedText] = {
    "by_hand": LocalizedText("by hand", "人工指定"),
    "by_unit": LocalizedText("by store", "按门店"),
    "by_city": LocalizedText("by city", "按城市"),
    "by_keyword": LocalizedText("by keyword", "按关键词"),
    "by_source": LocalizedText("by source", "按来源"),
    "by_kind": LocalizedText("by kind", "按类别"),
    "in_turn": LocalizedText("in turn", "轮流"),
    "assignment": LocalizedText("assignment", "分派"),
}

CURRENCIES: Mapping[str, str] = {
    "CNY": "元",
    "HKD": "港元",
    "TWD": "新台币",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
}


def word(code: str, words: Mapping[str, LocalizedText]) -> LocalizedText:
    """Return the words for a code; a code without words stands as it is, without the strokes of a code."""
    plain = code.replace("_", " ")
    return words.get(code) or LocalizedText(plain, plain)


def rule_words(rule: str) -> LocalizedText:
    """Return the name of a rule and its version, from `by_city/2026-1` or `assignment 2026-1`."""
    name, _, version = rule.replace(" ", "/").partition("/")
    if rule.replace(" ", "_") in RULES or name not in RULES:
        return word(rule.replace(" ", "_"), RULES)
    known = RULES[name]
    return LocalizedText(f"{known.en} (version {version})", f"{known.zh}（{version} 版）") if version else known
