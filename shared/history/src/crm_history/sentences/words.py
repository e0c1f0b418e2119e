"""The words for everything that events say as one of a fixed list, in both languages."""

from collections.abc import Mapping
from enum import StrEnum

from crm_eventlog.aggregate import LocalizedText
from crm_events import Channel, ConsentChannel, Language
from crm_events.contacts import CustomerKind, Direction, ImportanceListing, Ownership, StoreKind, UnitKind
from crm_events.loyalty import EarningReason
from crm_events.marketing import LeftOutReason
from crm_events.sales import PaymentMeans
from crm_events.support import CaseKind, EscalatedBy, FeedbackKind, RatedKind, Severity, VisitRule

# By their lists, because the same code means one thing as a case and another as feedback.
WORDS: Mapping[type[StrEnum], Mapping[str, LocalizedText]] = {
    CustomerKind: {
        CustomerKind.PERSON: LocalizedText("a person", "个人"),
        CustomerKind.COMPANY: LocalizedText("a company", "企业"),
    },
    Direction: {
        Direction.IN: LocalizedText("to us", "来访"),
        Direction.OUT: LocalizedText("from us", "外访"),
    },
    ImportanceListing: {
        ImportanceListing.RED: LocalizedText("the red list", "红名单"),
        ImportanceListing.GENERAL: LocalizedText("the general list", "普通名单"),
        ImportanceListing.BLACK: LocalizedText("the black list", "黑名单"),
    },
    UnitKind: {
        UnitKind.HEADQUARTERS: LocalizedText("headquarters", "总部"),
        UnitKind.REGION: LocalizedText("region", "大区"),
        UnitKind.BRANCH: LocalizedText("branch", "分公司"),
        UnitKind.OFFICE: LocalizedText("office", "办事处"),
        UnitKind.STORE: LocalizedText("store", "门店"),
        UnitKind.DISTRIBUTION_CENTRE: LocalizedText("distribution centre", "配送中心"),
    },
    StoreKind: {
        StoreKind.STREET: LocalizedText("street store", "沿街店"),
        StoreKind.COUNTER: LocalizedText("counter", "专柜"),
        StoreKind.SHOP_IN_SHOP: LocalizedText("shop-in-shop", "店中店"),
    },
    Ownership: {
        Ownership.OWN: LocalizedText("run by the company itself", "直营"),
        Ownership.FRANCHISED: LocalizedText("run by a franchisee", "加盟"),
    },
    ConsentChannel: {
        ConsentChannel.EMAIL: LocalizedText("e-mail", "电子邮件"),
        ConsentChannel.SMS: LocalizedText("text message", "短信"),
        ConsentChannel.PHONE: LocalizedText("telephone", "电话"),
        ConsentChannel.POST: LocalizedText("post", "信函"),
    },
    Language: {
        Language.ZH: LocalizedText("Chinese", "中文"),
        Language.EN: LocalizedText("English", "英文"),
    },
    PaymentMeans: {
        PaymentMeans.CASH: LocalizedText("in cash", "现金"),
        PaymentMeans.CARD: LocalizedText("by card", "银行卡"),
        PaymentMeans.TRANSFER: LocalizedText("by bank transfer", "银行转账"),
        PaymentMeans.MOBILE: LocalizedText("by mobile payment", "移动支付"),
        PaymentMeans.STORED_VALUE: LocalizedText("with stored value", "储值"),
    },
    LeftOutReason: {
        LeftOutReason.OPEN_COMPLAINT: LocalizedText("a complaint of theirs is open", "有未解决的投诉"),
        LeftOutReason.NO_CONSENT: LocalizedText("they have not consented to it", "客户未同意接收"),
        LeftOutReason.BLACK_LISTED: LocalizedText("they are on the black list", "客户在黑名单上"),
        LeftOutReason.NO_ADDRESS: LocalizedText("there is no address to write to", "没有可用的联系地址"),
    },
    CaseKind: {
        CaseKind.QUESTION: LocalizedText("question", "咨询"),
        CaseKind.COMPLAINT: LocalizedText("complaint", "投诉"),
        CaseKind.PRAISE: LocalizedText("praise", "表扬"),
        CaseKind.SUGGESTION: LocalizedText("suggestion", "建议"),
        CaseKind.NEED: LocalizedText("need", "需求"),
        CaseKind.CRITICISM: LocalizedText("criticism", "批评"),
    },
    FeedbackKind: {
        FeedbackKind.PRAISE: LocalizedText("praised", "表扬"),
        FeedbackKind.SUGGESTION: LocalizedText("made a suggestion about", "提出建议"),
        FeedbackKind.NEED: LocalizedText("expressed a need about", "提出需求"),
        FeedbackKind.CRITICISM: LocalizedText("criticised", "批评"),
    },
    Severity: {
        Severity.LOW: LocalizedText("low severity", "轻微"),
        Severity.NORMAL: LocalizedText("normal severity", "一般"),
        Severity.HIGH: LocalizedText("high severity", "严重"),
        Severity.CRITICAL: LocalizedText("critical severity", "紧急"),
    },
    EscalatedBy: {
        EscalatedBy.HAND: LocalizedText("by hand", "人工"),
        EscalatedBy.DEADLINE: LocalizedText("when its deadline passed", "超过期限"),
    },
    RatedKind: {
        RatedKind.CASE: LocalizedText("how their case was handled", "服务单的处理"),
        RatedKind.VISIT: LocalizedText("a visit after the sale", "售后回访"),
    },
    VisitRule: {
        VisitRule.THREE_DAYS: LocalizedText("three days after the purchase", "购买后三天"),
        VisitRule.THIRTY_DAYS: LocalizedText("thirty days after the purchase", "购买后三十天"),
    },
    EarningReason: {
        EarningReason.PURCHASE: LocalizedText("for a purchase", "消费"),
        EarningReason.GOODWILL: LocalizedText("as goodwill", "致歉补偿"),
        EarningReason.CORRECTION: LocalizedText("as a correction", "更正"),
    },
    Channel: {
        Channel.STORE: LocalizedText("in store", "门店"),
        Channel.WEB: LocalizedText("on the website", "网站"),
        Channel.CALL_CENTRE: LocalizedText("on the hotline", "热线"),
        Channel.SERVICE_CENTRE: LocalizedText("at the service centre", "服务中心"),
        Channel.MAIL: LocalizedText("by mail", "邮件"),
        Channel.VIP_CLUB: LocalizedText("at the VIP club", "VIP 俱乐部"),
        Channel.FIELD: LocalizedText("on a field visit", "上门"),
    },
}

# What a message over a channel is called.
MESSAGES: Mapping[ConsentChannel, LocalizedText] = {
    ConsentChannel.EMAIL: LocalizedText("an e-mail", "电子邮件"),
    ConsentChannel.SMS: LocalizedText("a text message", "短信"),
    ConsentChannel.PHONE: LocalizedText("a telephone call", "电话"),
    ConsentChannel.POST: LocalizedText("a letter", "信函"),
}


def say(member: StrEnum) -> LocalizedText:
    """The word for a member of a fixed list."""
    return WORDS[type(member)][member]
