"""Errors of the programme: a time, a currency, an amount or a wait for which it gives nothing."""

from crm_kernel import DomainError, LocalizedText


class NoProgrammeYet(DomainError):
    """Nothing is earned before the first version of the programme."""

    message = LocalizedText("The programme did not exist at that time.", "当时尚未推出会员计划。")
    hint = LocalizedText("Correct the time at which it happened.", "请更正发生的时间。")


class CurrencyEarnsNothing(DomainError):
    """The programme has no rate for this currency."""

    message = LocalizedText("The programme gives no points for this currency.", "会员计划不支持以此货币累积积分。")
    hint = LocalizedText("State the amount in the programme's currency.", "请以会员计划的货币填写金额。")


class AmountEarnsNoPoint(DomainError):
    """The amount is too small for one whole point."""

    message = LocalizedText("The amount earns less than one point.", "该金额不足以获得一个积分。")
    hint = LocalizedText("No action is needed: points are whole numbers.", "无需处理：积分以整数计。")


class ComplaintSettledInTime(DomainError):
    """Goodwill points are for complaints that took long."""

    message = LocalizedText(
        "The complaint was resolved in time and earns no goodwill points.", "投诉处理及时，不赠送补偿积分。"
    )
    hint = LocalizedText("No action is needed, or thank the customer in another way.", "无需处理，或以其他方式致谢。")
