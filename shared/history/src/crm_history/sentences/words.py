"""The words for everything that events say as one of a fixed list, in both languages."""

from collections.abc import Mapping
from enum import StrEnum

from crm_eventlog.aggregate import Text
from crm_events import Channel, ConsentChannel, Language
from crm_events.contacts import CustomerKind, Direction, ImportanceListing, Ownership, StoreKind, UnitKind
from crm_events.loyalty import EarningReason
from crm_events.marketing import LeftOutReason
from crm_events.sales import PaymentMeans
from crm_events.support import CaseKind, EscalatedBy, FeedbackKind, RatedKind, Severity, VisitRule

# By their lists, because the same code means one thing as a case and another as feedback.
WORDS: Mapping[type[StrEnum], Mapping[str, Text]] = {
    CustomerKind: {
        CustomerKind.PERSON: Text("a person", "个人"),
        CustomerKind.COMPANY: Text("a company", "企业"),
    },
    Direction: {
        Direction.IN: Text("to us", "来访"),
        Direction.OUT: Text("from us", "外访"),
    },
    ImportanceListing: {
        ImportanceListing.RED: Text("the red list", "红名单"),
        ImportanceListing.GENERAL: Text("the general list", "普通名单"),
        ImportanceListing.BLACK: Text("the black list", "黑名单"),
    },
    UnitKind: {
        UnitKind.HEADQUARTERS: Text("headquarters", "总部"),
        UnitKind.REGION: Text("region", "大区"),
        UnitKind.BRANCH: Text("branch", "分公司"),
        UnitKind.OFFICE: Text("office", "办事处"),
        UnitKind.STORE: Text("store", "门店"),
        UnitKind.DISTRIBUTION_CENTRE: Text("distribution centre", "配送中心"),
    },
    StoreKind: {
        StoreKind.STREET: Text("street store", "沿街店"),
        StoreKind.COUNTER: Text("counter", "专柜"),
        StoreKind.SHOP_IN_SHOP: Text("shop-in-shop", "店中店"),
    },
    Ownership: {
        Ownership.OWN: Text("run by the company itself", "直营"),
        Ownership.FRANCHISED: Text("run by a franchisee", "加盟"),
    },
    ConsentChannel: {
        ConsentChannel.EMAIL: Text("e-mail", "电子邮件"),
        ConsentChannel.SMS: Text("text message", "短信"),
        ConsentChannel.PHONE: Text("telephone", "电话"),
        ConsentChannel.POST: Text("post", "信函"),
    },
    Language: {
        Language.ZH: Text("Chinese", "中文"),
        Language.EN: Text("English", "英文"),
    },
    PaymentMeans: {
        PaymentMeans.CASH: Text("in cash", "现金"),
        PaymentMeans.CARD: Text("by card", "银行卡"),
        PaymentMeans.TRANSFER: Text("by bank transfer", "银行转账"),
        PaymentMeans.MOBILE: Text("by mobile payment", "移动支付"),
        PaymentMeans.STORED_VALUE: Text("with stored value", "储值"),
    },
    LeftOutReason: {
        LeftOutReason.OPEN_COMPLAINT: Text("a complaint of theirs is open", "有未解决的投诉"),
        LeftOutReason.NO_CONSENT: Text("they have not consented to it", "客户未同意接收"),
        LeftOutReason.BLACK_LISTED: Text("they are on the black list", "客户在黑名单上"),
        LeftOutReason.NO_ADDRESS: Text("there is no address to write to", "没有可用的联系地址"),
    },
    CaseKind: {
        CaseKind.QUESTION: Text("question", "咨询"),
        CaseKind.COMPLAINT: Text("complaint", "投诉"),
        CaseKind.PRAISE: Text("praise", "表扬"),
        CaseKind.SUGGESTION: Text("suggestion", "建议"),
        CaseKind.NEED: Text("need", "需求"),
        CaseKind.CRITICISM: Text("criticism", "批评"),
    },
    FeedbackKind: {
        FeedbackKind.PRAISE: Text("praised", "表扬"),
        FeedbackKind.SUGGESTION: Text("made a suggestion about", "提出建议"),
        FeedbackKind.NEED: Text("expressed a need about", "提出需求"),
        FeedbackKind.CRITICISM: Text("criticised", "批评"),
    },
    Severity: {
        Severity.LOW: Text("low severity", "轻微"),
        Severity.NORMAL: Text("normal severity", "一般"),
        Severity.HIGH: Text("high severity", "严重"),
        Severity.CRITICAL: Text("critical severity", "紧急"),
    },
    EscalatedBy: {
        EscalatedBy.HAND: Text("by hand", "人工"),
        EscalatedBy.DEADLINE: Text("when its deadline passed", "超过期限"),
    },
    RatedKind: {
        RatedKind.CASE: Text("how their case was handled", "服务单的处理"),
        RatedKind.VISIT: Text("a visit after the sale", "售后回访"),
    },
    VisitRule: {
        VisitRule.THREE_DAYS: Text("three days after the purchase", "购买后三天"),
        VisitRule.THIRTY_DAYS: Text("thirty days after the purchase", "购买后三十天"),
    },
    EarningReason: {
        EarningReason.PURCHASE: Text("for a purchase", "消费"),
        EarningReason.GOODWILL: Text("as goodwill", "致歉补偿"),
        EarningReason.CORRECTION: Text("as a correction", "更正"),
    },
    Channel: {
        Channel.STORE: Text("in store", "门店"),
        Channel.WEB: Text("on the website", "网站"),
        Channel.CALL_CENTRE: Text("on the hotline", "热线"),
        Channel.SERVICE_CENTRE: Text("at the service centre", "服务中心"),
        Channel.MAIL: Text("by mail", "邮件"),
        Channel.VIP_CLUB: Text("at the VIP club", "VIP 俱乐部"),
        Channel.FIELD: Text("on a field visit", "上门"),
    },
}

# What a message over a channel is called.
MESSAGES: Mapping[ConsentChannel, Text] = {
    ConsentChannel.EMAIL: Text("an e-mail", "电子邮件"),
    ConsentChannel.SMS: Text("a text message", "短信"),
    ConsentChannel.PHONE: Text("a telephone call", "电话"),
    ConsentChannel.POST: Text("a letter", "信函"),
}


def say(member: StrEnum) -> Text:
    """The word for a member of a fixed list."""
    return WORDS[type(member)][member]
