"""What sales says, in words."""

from crm_eventlog.aggregate import LocalizedText
from crm_events import Money, sales
from crm_history.sentences.amounts import because, goods, money, quoted, returned_goods
from crm_history.sentences.clause import Clause, the_customer, the_staff
from crm_history.sentences.codes import LEAD_SOURCES, STAGES, rule_words, word
from crm_history.sentences.names import Names


def clause(event: object, names: Names) -> Clause | None:
    """The clause for an event of sales; None for anybody else's."""
    return _lead(event, names) or _opportunity(event) or _order(event)


def _lead(event: object, names: Names) -> Clause | None:
    match event:
        case sales.LeadCaptured():
            return _interest(event, names)
        case sales.LeadAssigned(salesperson=salesperson, rule=rule):
            chosen = rule_words(rule)
            return the_staff(
                f"gave the customer's interest to {salesperson} to follow up, chosen {chosen.en}",
                f"将客户线索分派给{salesperson}跟进，方式：{chosen.zh}",
            )
        case sales.LeadConverted():
            return the_staff("turned the customer's interest into an opportunity", "将客户线索转为商机")
    return None


def _interest(event: sales.LeadCaptured, names: Names) -> Clause:
    source = word(event.source, LEAD_SOURCES)
    keyword, campaign = event.keyword, names.campaign(event.campaign_code or "")
    origins = [LocalizedText(f"came from {source.en}", f"来源：{source.zh}")]
    origins += [LocalizedText(f"keyword {quoted(keyword)}", f"关键词：{quoted(keyword)}")] if keyword else []
    origins += [LocalizedText(f"campaign {campaign.en}", f"营销活动：{campaign.zh}")] if event.campaign_code else []
    return the_customer(
        f"showed interest in {quoted(event.interest)} ({', '.join(origin.en for origin in origins)})",
        f"对{quoted(event.interest)}感兴趣（{'，'.join(origin.zh for origin in origins)}）",
    )


def _opportunity(event: object) -> Clause | None:
    match event:
        case sales.OpportunityOpened(title=title, expected=expected, stage=stage):
            worth, at = money(expected), word(stage, STAGES)
            return the_staff(
                f"opened the opportunity {quoted(title)}, expected to bring {worth.en}, in the stage “{at.en}”",
                f"建立商机{quoted(title)}，预计金额 {worth.zh}，阶段为“{at.zh}”",
            )
        case sales.OpportunityMoved(before=before, after=after, why=why):
            then, now, reason = word(before, STAGES), word(after, STAGES), because(why)
            return the_staff(
                f"moved the opportunity from “{then.en}” to “{now.en}”{reason.en}",
                f"将商机由“{then.zh}”推进到“{now.zh}”{reason.zh}",
            )
        case sales.OpportunityWon():
            return the_staff("won the opportunity: it ended in an order", "赢得商机，已成交为订单")
        case sales.OpportunityLost(stage=stage, reason=reason):
            at, lost = word(stage, STAGES), because(reason)
            return the_staff(
                f"lost the opportunity in the stage “{at.en}”{lost.en}", f"在“{at.zh}”阶段失去商机{lost.zh}"
            )
    return None


def _order(event: object) -> Clause | None:
    match event:
        case sales.OrderPlaced(lines=lines, total=total):
            what, cost = goods(lines), money(total)
            return the_customer(f"bought {what.en} for {cost.en}", f"购买了{what.zh}，共 {cost.zh}")
        case sales.PaymentTaken(amount=amount, means=means, outstanding=outstanding):
            paid, how, rest = money(amount), means.label, _outstanding(outstanding)
            return the_customer(
                f"paid {paid.en} {how.en} for an order; {rest.en}", f"付款 {paid.zh}（{how.zh}），{rest.zh}"
            )
        case sales.OrderReturned():
            return _returned(event)
    return None


def _returned(event: sales.OrderReturned) -> Clause:
    what, back, why = returned_goods(event.lines), money(event.refund), because(event.reason)
    share = LocalizedText("the whole order", "整单") if event.whole else LocalizedText("part of an order", "部分商品")
    return the_customer(
        f"returned {share.en} ({what.en}) and was refunded {back.en}{why.en}",
        f"退回{share.zh}（{what.zh}），退款 {back.zh}{why.zh}",
    )


def _outstanding(rest: Money) -> LocalizedText:
    if not rest.amount:
        return LocalizedText("nothing remains to be paid", "已付清")
    left = money(rest)
    return LocalizedText(f"{left.en} remain to be paid", f"尚欠 {left.zh}")
