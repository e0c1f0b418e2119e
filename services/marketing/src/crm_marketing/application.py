"""Every command of marketing: load, ask, record."""

from crm_eventlog.application import Application, Done
from crm_eventlog.circumstances import Circumstances
from crm_marketing import commands as ask
from crm_marketing.domain.audience import AudienceRule, ConsentChannel, Importance, Language
from crm_marketing.domain.campaign import Campaign, CodeAlreadyTaken, campaign_id
from crm_marketing.domain.judgement import Exclusion, LeftOutReason
from crm_marketing.domain.message import Message, MessageAlreadyRequested, MessageState, message_id
from crm_marketing.domain.money import Money
from crm_marketing.domain.template import Template, Wording


class MarketingApplication(Application):
    """One method per command; the time of what happened is `said.occurred_at`."""

    name = "marketing"
    aggregates = (Campaign, Message)

    def plan_campaign(self, command: ask.PlanCampaign, said: Circumstances) -> Done:
        if campaign_id(command.code) in self.repository:
            raise CodeAlreadyTaken("code", command.code)
        campaign = Campaign.plan(
            code=command.code,
            name=command.name,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            budget=Money(command.budget.amount, command.budget.currency),
            audience=_audience(command.audience),
            template=Template(
                subject=Wording(en=command.subject.en, zh=command.subject.zh),
                body=Wording(en=command.body.en, zh=command.body.zh),
            ),
            planner=said.actor,
        )
        return self.record(campaign, said=said)

    def submit_campaign(self, command: ask.SubmitCampaign, said: Circumstances) -> Done:
        campaign = self.load(Campaign, command.campaign_id, said)
        campaign.submit()
        return self.record(campaign, said=said)

    def approve_campaign(self, command: ask.ApproveCampaign, said: Circumstances) -> Done:
        campaign = self.load(Campaign, command.campaign_id, said)
        campaign.approve(approver=said.actor, remark=command.remark)
        return self.record(campaign, said=said)

    def reject_campaign(self, command: ask.RejectCampaign, said: Circumstances) -> Done:
        campaign = self.load(Campaign, command.campaign_id, said)
        campaign.reject(approver=said.actor, reason=command.reason)
        return self.record(campaign, said=said)

    def launch_campaign(self, command: ask.LaunchCampaign, said: Circumstances) -> Done:
        campaign = self.load(Campaign, command.campaign_id, said)
        campaign.launch(said.occurred_at)
        return self.record(campaign, said=said)

    def request_messages(self, command: ask.RequestMessages, said: Circumstances) -> Done:
        campaign = self.load(Campaign, command.campaign_id, said)
        wanted = {message_id(campaign.id, customer_id): customer_id for customer_id in command.customer_ids}
        begun = self.store.begun(wanted)
        messages = [
            campaign.message_to(customer_id, exclusion=None, rule=command.rule, at=said.occurred_at)
            for id, customer_id in wanted.items()
            if id not in begun
        ]
        if not messages:
            raise MessageAlreadyRequested("customer_ids", str(command.customer_ids[0]))
        return self.record(campaign, *messages, said=said)

    def leave_out_customers(self, command: ask.LeaveOutCustomers, said: Circumstances) -> Done:
        campaign = self.load(Campaign, command.campaign_id, said)
        rows = {message_id(campaign.id, row.customer_id): row for row in command.customers}
        begun = self.store.begun(rows)
        messages = [
            campaign.message_to(row.customer_id, exclusion=_exclusion(row), rule=command.rule, at=said.occurred_at)
            for id, row in rows.items()
            if id not in begun
        ]
        for id in sorted(begun):
            message: Message = self.repository.get(id)
            if message.state is MessageState.REQUESTED:
                message.leave_out(_exclusion(rows[id]), rule=command.rule)
                messages.append(message)
        if not messages:
            raise MessageAlreadyRequested("customers", str(command.customers[0].customer_id))
        return self.record(campaign, *messages, said=said)

    def hand_over_message(self, command: ask.HandOverMessage, said: Circumstances) -> Done:
        message = self.load(Message, command.message_id, said)
        message.hand_over(language=Language(command.language), rule=command.rule)
        return self.record(message, said=said)

    def record_acceptance(self, command: ask.RecordAcceptance, said: Circumstances) -> Done:
        message = self.load(Message, command.message_id, said)
        message.accept(command.provider_reference)
        return self.record(message, said=said)

    def record_bounce(self, command: ask.RecordBounce, said: Circumstances) -> Done:
        message = self.load(Message, command.message_id, said)
        message.bounce(command.reason)
        return self.record(message, said=said)

    def record_unknown_outcome(self, command: ask.RecordUnknownOutcome, said: Circumstances) -> Done:
        message = self.load(Message, command.message_id, said)
        message.lose_sight(command.reason)
        return self.record(message, said=said)

    def record_answer(self, command: ask.RecordAnswer, said: Circumstances) -> Done:
        message = self.load(Message, command.message_id, said)
        message.answer(command.answer)
        return self.record(message, said=said)


def _exclusion(row: ask.LeftOutCustomer) -> Exclusion:
    return Exclusion(LeftOutReason(row.reason), row.case_id)


def _audience(rule: ask.Audience) -> AudienceRule:
    return AudienceRule(
        consent_channel=ConsentChannel(rule.consent_channel),
        languages=tuple(Language(language) for language in rule.languages),
        importance=tuple(Importance(listing) for listing in rule.importance),
        cities=rule.cities,
    )
