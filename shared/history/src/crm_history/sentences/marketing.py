"""What marketing says, in words."""

from crm_eventlog.aggregate import LocalizedText
from crm_events import marketing
from crm_history.sentences.amounts import because, day, money, quoted
from crm_history.sentences.clause import Clause, it, the_customer, the_staff
from crm_history.sentences.names import Names
from crm_history.sentences.words import MESSAGES


def clause(event: object, names: Names) -> Clause | None:
    """The clause for an event of marketing; None for anybody else's."""
    return _campaign(event, names) or _message(event, names)


def _campaign(event: object, names: Names) -> Clause | None:
    match event:
        case marketing.CampaignPlanned():
            return _planned(event)
        case marketing.CampaignSubmitted(code=code):
            name = names.campaign(code)
            return the_staff(f"submitted the campaign {name.en} for approval", f"将营销活动{name.zh}提交审批")
        case marketing.CampaignApproved(code=code, remark=remark):
            name = names.campaign(code)
            approval = f": {quoted(remark)}" if remark else ""
            return the_staff(
                f"approved the campaign {name.en}{approval}", f"批准了营销活动{name.zh}{approval.replace(': ', '：')}"
            )
        case marketing.CampaignRejected(code=code, reason=reason):
            name, why = names.campaign(code), because(reason)
            return the_staff(f"rejected the campaign {name.en}{why.en}", f"驳回了营销活动{name.zh}{why.zh}")
        case marketing.CampaignLaunched(code=code):
            name = names.campaign(code)
            return the_staff(f"launched the campaign {name.en}", f"启动了营销活动{name.zh}")
    return None


def _planned(event: marketing.CampaignPlanned) -> Clause:
    first, last, budget = day(event.starts_on), day(event.ends_on), money(event.budget)
    return the_staff(
        f"planned the campaign {event.name} ({event.code}) from {first.en} to {last.en}, with a budget of {budget.en}",
        f"策划了营销活动{event.name}（{event.code}），{first.zh}至{last.zh}，预算 {budget.zh}",
    )


def _message(event: object, names: Names) -> Clause | None:
    match event:
        case marketing.MessageRequested(campaign_code=code, channel=channel):
            name, form = names.campaign(code), MESSAGES[channel]
            return it(
                f"{form.en} of the campaign {name.en} was decided for the customer",
                f"决定就营销活动{name.zh}向客户发送{form.zh}",
            )
        case marketing.CustomerLeftOut(campaign_code=code, reason=reason):
            name, why = names.campaign(code), reason.label
            return it(
                f"the customer was left out of the campaign {name.en}, because {why.en}",
                f"营销活动{name.zh}未联系该客户，原因：{why.zh}",
            )
        case marketing.MessageAnswered(campaign_code=code, answer=answer):
            name = names.campaign(code)
            return the_customer(
                f"answered the message of the campaign {name.en}: {quoted(answer)}",
                f"回复了营销活动{name.zh}的消息：{quoted(answer)}",
            )
        case marketing.CampaignMessageEvent(campaign_code=code):
            outcome = _outcome(event)
            return _about_message(names.campaign(code), outcome) if outcome else None
    return None


def _about_message(campaign: LocalizedText, outcome: LocalizedText) -> Clause:
    return it(
        f"the message of the campaign {campaign.en} to the customer {outcome.en}",
        f"营销活动{campaign.zh}发给客户的消息{outcome.zh}",
    )


def _outcome(event: marketing.CampaignMessageEvent) -> LocalizedText | None:
    match event:
        case marketing.MessageHandedOver():
            return LocalizedText("is being given to the provider", "正在交给服务商发送")
        case marketing.MessageAccepted():
            return LocalizedText("was taken by the provider", "已被服务商接收")
        case marketing.MessageBounced(reason=reason):
            return LocalizedText(f"could not be delivered: {quoted(reason)}", f"无法送达：{quoted(reason)}")
        case marketing.MessageOutcomeUnknown(reason=reason):
            return LocalizedText(f"may or may not have gone out: {quoted(reason)}", f"发送结果不明：{quoted(reason)}")
    return None
