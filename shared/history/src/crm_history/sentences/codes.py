"""The words for codes a company chooses itself: stages, levels, desks, rules; what has no word stands as it is."""

from collections.abc import Mapping

from crm_eventlog.aggregate import LocalizedText
from crm_events import Channel, ConsentChannel

# Where it took place, as the caller named it.
CHANNELS: Mapping[str, LocalizedText] = {
    **{channel: LocalizedText(f"by {channel.label.en}", channel.label.zh) for channel in ConsentChannel},
    **{channel: channel.label for channel in Channel},
    "api": LocalizedText("through an interface", "系统接口"),
    "system": LocalizedText("in the system", "系统"),
}

ROLES: Mapping[str, LocalizedText] = {
    "staff": LocalizedText("staff", "员工"),
    "clerk": LocalizedText("clerk", "店员"),
    "cashier": LocalizedText("cashier", "收银员"),
    "agent": LocalizedText("service agent", "客服"),
    "salesperson": LocalizedText("salesperson", "销售"),
    "marketer": LocalizedText("marketer", "营销"),
    "technician": LocalizedText("technician", "技师"),
    "manager": LocalizedText("manager", "经理"),
    "store_manager": LocalizedText("store manager", "店长"),
    "service": LocalizedText("service", "服务"),
}

STAGES: Mapping[str, LocalizedText] = {
    "interest": LocalizedText("Interest", "产生兴趣"),
    "need": LocalizedText("Need confirmed", "需求确认"),
    "offer": LocalizedText("Offer made", "方案报价"),
    "negotiation": LocalizedText("Negotiation", "商务谈判"),
    "agreement": LocalizedText("Agreed in words", "口头成交"),
}

LEVELS: Mapping[str, LocalizedText] = {
    "ordinary": LocalizedText("Ordinary", "普通会员"),
    "silver": LocalizedText("Silver", "银卡会员"),
    "gold": LocalizedText("Gold", "金卡会员"),
}

LEAD_SOURCES: Mapping[str, LocalizedText] = {
    "web": LocalizedText("the website", "网站"),
    "hotline": LocalizedText("the hotline", "热线"),
    "store": LocalizedText("a store", "门店"),
    "mail": LocalizedText("mail", "邮件"),
    "campaign": LocalizedText("a campaign", "营销活动"),
    "referral": LocalizedText("a referral", "他人推荐"),
    "fair": LocalizedText("a fair", "展会"),
}

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

DESKS: Mapping[str, LocalizedText] = {
    "complaints": LocalizedText("complaints", "投诉"),
    "product": LocalizedText("product", "产品"),
    "care": LocalizedText("care", "客户关怀"),
    "online": LocalizedText("online", "在线"),
    "hotline": LocalizedText("hotline", "热线"),
    "store": LocalizedText("store", "门店"),
    "service": LocalizedText("service", "服务"),
}

DETAILS: Mapping[str, LocalizedText] = {
    "kind": LocalizedText("kind", "类型"),
    "name": LocalizedText("name", "姓名"),
    "form_of_address": LocalizedText("form of address", "称谓"),
    "phones": LocalizedText("telephone numbers", "电话"),
    "emails": LocalizedText("e-mail addresses", "电子邮箱"),
    "addresses": LocalizedText("addresses", "地址"),
    "language": LocalizedText("language", "语言"),
    "birthday": LocalizedText("birthday", "生日"),
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
    """The word for a code; a code nobody gave a word to stands as it is, without the strokes of a code."""
    plain = code.replace("_", " ")
    return words.get(code) or LocalizedText(plain, plain)


def rule_words(rule: str) -> LocalizedText:
    """The name of a rule and its version, from `by_city/2026-1` or `assignment 2026-1`."""
    name, _, version = rule.replace(" ", "/").partition("/")
    if rule.replace(" ", "_") in RULES or name not in RULES:
        return word(rule.replace(" ", "_"), RULES)
    known = RULES[name]
    return LocalizedText(f"{known.en} (version {version})", f"{known.zh}（{version} 版）") if version else known
