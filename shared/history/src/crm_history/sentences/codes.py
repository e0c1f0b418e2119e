"""The words for codes a company chooses itself: stages, levels, desks, rules; what has no word stands as it is."""

from collections.abc import Mapping

from crm_eventlog.aggregate import Text
from crm_events import Channel, ConsentChannel
from crm_history.sentences.words import WORDS

# Where it took place, as the caller named it.
CHANNELS: Mapping[str, Text] = {
    **{channel: Text(f"by {word.en}", word.zh) for channel, word in WORDS[ConsentChannel].items()},
    **WORDS[Channel],
    "api": Text("through an interface", "系统接口"),
    "system": Text("in the system", "系统"),
}

ROLES: Mapping[str, Text] = {
    "staff": Text("staff", "员工"),
    "clerk": Text("clerk", "店员"),
    "cashier": Text("cashier", "收银员"),
    "agent": Text("service agent", "客服"),
    "salesperson": Text("salesperson", "销售"),
    "marketer": Text("marketer", "营销"),
    "technician": Text("technician", "技师"),
    "manager": Text("manager", "经理"),
    "store_manager": Text("store manager", "店长"),
    "service": Text("service", "服务"),
}

STAGES: Mapping[str, Text] = {
    "interest": Text("Interest", "产生兴趣"),
    "need": Text("Need confirmed", "需求确认"),
    "offer": Text("Offer made", "方案报价"),
    "negotiation": Text("Negotiation", "商务谈判"),
    "agreement": Text("Agreed in words", "口头成交"),
}

LEVELS: Mapping[str, Text] = {
    "ordinary": Text("Ordinary", "普通会员"),
    "silver": Text("Silver", "银卡会员"),
    "gold": Text("Gold", "金卡会员"),
}

LEAD_SOURCES: Mapping[str, Text] = {
    "web": Text("the website", "网站"),
    "hotline": Text("the hotline", "热线"),
    "store": Text("a store", "门店"),
    "mail": Text("mail", "邮件"),
    "campaign": Text("a campaign", "营销活动"),
    "referral": Text("a referral", "他人推荐"),
    "fair": Text("a fair", "展会"),
}

RULES: Mapping[str, Text] = {
    "by_hand": Text("by hand", "人工指定"),
    "by_unit": Text("by store", "按门店"),
    "by_city": Text("by city", "按城市"),
    "by_keyword": Text("by keyword", "按关键词"),
    "by_source": Text("by source", "按来源"),
    "by_kind": Text("by kind", "按类别"),
    "in_turn": Text("in turn", "轮流"),
    "assignment": Text("assignment", "分派"),
}

DESKS: Mapping[str, Text] = {
    "complaints": Text("complaints", "投诉"),
    "product": Text("product", "产品"),
    "care": Text("care", "客户关怀"),
    "online": Text("online", "在线"),
    "hotline": Text("hotline", "热线"),
    "store": Text("store", "门店"),
    "service": Text("service", "服务"),
}

DETAILS: Mapping[str, Text] = {
    "kind": Text("kind", "类型"),
    "name": Text("name", "姓名"),
    "form_of_address": Text("form of address", "称谓"),
    "phones": Text("telephone numbers", "电话"),
    "emails": Text("e-mail addresses", "电子邮箱"),
    "addresses": Text("addresses", "地址"),
    "language": Text("language", "语言"),
    "birthday": Text("birthday", "生日"),
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


def word(code: str, words: Mapping[str, Text]) -> Text:
    """The word for a code; a code nobody gave a word to stands as it is, without the strokes of a code."""
    plain = code.replace("_", " ")
    return words.get(code) or Text(plain, plain)


def rule_words(rule: str) -> Text:
    """The name of a rule and its version, from `by_city/2026-1` or `assignment 2026-1`."""
    name, _, version = rule.replace(" ", "/").partition("/")
    if rule.replace(" ", "_") in RULES or name not in RULES:
        return word(rule.replace(" ", "_"), RULES)
    known = RULES[name]
    return Text(f"{known.en} (version {version})", f"{known.zh}（{version} 版）") if version else known
