"""Effects of campaigns: the mailing writes to an audience, and hands each message over once.

Both steps may be repeated. The ids of their commands follow from the event and from their own content, so a repeated
command gets its first result. A message that was handed over and has no outcome is never sent again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, Row

from crm_chassis.clock import Clock
from crm_eventlog.aggregate import DomainError
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command import Command
from crm_eventlog.consumer import TransientError
from crm_eventlog.envelope import CloudEvent, caused_by
from crm_eventlog.reactions import Effect
from crm_eventlog.store import Conflict
from crm_eventlog.store.engine import reading
from crm_events.marketing import CampaignLaunched, MessageRequested
from crm_kernel import Language
from crm_marketing.campaigns.audience import AudienceRule
from crm_marketing.campaigns.campaign import Campaign
from crm_marketing.campaigns.commands import BATCH, LeaveOutCustomers, LeftOutCustomer, RequestMessages
from crm_marketing.campaigns.eligibility import SENDING, Recipient
from crm_marketing.campaigns.read_models import audience, open_cases_of_customers
from crm_marketing.campaigns.smtp import (
    Accepted,
    AddressUnusable,
    Bounced,
    MailServer,
    MailServerNotReady,
    Outcome,
    OutgoingEmail,
    SmtpSender,
    Unknown,
    compose,
)
from crm_marketing.messages import (
    HandOverMessage,
    Message,
    RecordAcceptance,
    RecordBounce,
    RecordUnknownOutcome,
)
from crm_marketing.settings import Settings
from crm_marketing.vocabulary import Exclusion, ImportanceListing, LeftOutReason, MessageState

log = structlog.get_logger(__name__)

INTERRUPTED = "Sending was interrupted. The mail server may have accepted the message. 发送中断，邮件服务器可能已接收。"
TOO_LATE = "The message could not be handed over in time. 未能在时限内交付发送。"
UNUSABLE = "No e-mail can be sent to this address. 该地址无法使用。"


class Mailing:
    """The mailing of campaigns: it writes to their audiences, and hands over what was requested."""

    def __init__(self, application: Application, engine: Engine, sender: SmtpSender, clock: Clock) -> None:
        self._application, self._engine, self._sender, self._clock = application, engine, sender, clock

    def close(self) -> None:
        """Close the connection to the mail server."""
        self._sender.close()

    def write_to_the_audience(self, event: CloudEvent) -> None:
        """Whenever a campaign is launched, request a message to everybody in its audience, or leave them out."""
        campaign = self._application.load(Campaign, event.data.campaign_id)
        for page in self._pages(campaign.audience):
            verdicts = {recipient.customer_id: SENDING.judge(recipient) for recipient in page}
            if wanted := tuple(customer_id for customer_id, exclusion in verdicts.items() if exclusion is None):
                request = RequestMessages(campaign_id=campaign.id, customer_ids=wanted, rule=SENDING.version)
                self._execute(request, event, at=event.time)
            if unwanted := {customer_id: why for customer_id, why in verdicts.items() if why is not None}:
                self._execute(_leave_out(campaign.id, unwanted), event, at=event.time)

    def hand_over_the_message(self, event: CloudEvent) -> None:
        """Whenever a message is requested, judge the customer again and send it once, or record why not."""
        match self._application.load(Message, event.data.message_id).state:
            case MessageState.REQUESTED if SENDING.gives_up(event.recorded_at, self._clock()):
                self._record(Bounced(TOO_LATE), event)
            case MessageState.REQUESTED:
                self._judge_again(event)
            case MessageState.HANDED_OVER:
                self._record(Unknown(INTERRUPTED), event)

    def _judge_again(self, event: CloudEvent) -> None:
        campaign = self._application.load(Campaign, event.data.campaign_id)
        customer_id = event.data.customer_id
        known = self._known(customer_id, campaign.audience)
        if isinstance(known, Exclusion):
            self._execute(_leave_out(campaign.id, {customer_id: known}), event, at=self._clock())
            return
        try:
            email = self._email(campaign, known, event)
        except AddressUnusable:
            self._record(Bounced(UNUSABLE), event)
            return
        self._send(email, Language(known.language), event)

    def _known(self, customer_id: UUID, rule: AudienceRule) -> Row[Any] | Exclusion:
        """Return what is known of a customer who may be written to, or the reason why they may not."""
        with reading(self._engine) as db:
            known = audience.one(db, customer_id, channel=rule.consent_channel)
            if known is None:
                return Exclusion(LeftOutReason.NO_ADDRESS)
            (recipient,) = _recipients(db, [known])
        return SENDING.judge(recipient) or known

    def _send(self, email: OutgoingEmail, language: Language, event: CloudEvent) -> None:
        """Prepare the mail server, record the hand-over, send the e-mail, record its outcome."""
        try:
            self._sender.prepare(email)
        except MailServerNotReady as error:
            log.warning("the mail server is not ready, messages wait", reason=str(error))
            raise TransientError(str(error)) from error
        message_id = event.data.message_id
        hand_over = HandOverMessage(message_id=message_id, language=language, rule=SENDING.version)
        result = self._execute(hand_over, event, at=self._clock())
        if result is None:
            return
        # A repeated result belongs to an earlier attempt, which may have sent the e-mail.
        self._record(Unknown(INTERRUPTED) if result.repeated else self._sender.send(email), event)

    def _email(self, campaign: Campaign, known: Row[Any], event: CloudEvent) -> OutgoingEmail:
        words = campaign.words_for(known.name, Language(known.language))
        return compose(
            send_id=event.data.message_id,
            campaign_code=campaign.code,
            sender=self._sender.server.sender,
            recipient=known.email,
            name=known.name,
            language=known.language,
            subject=words.subject,
            body=words.body,
            at=self._clock(),
        )

    def _record(self, outcome: Outcome, event: CloudEvent) -> None:
        message_id = event.data.message_id
        command: Command
        match outcome:
            case Accepted(reply):
                command = RecordAcceptance(message_id=message_id, provider_reference=reply)
            case Bounced(reason):
                command = RecordBounce(message_id=message_id, reason=reason)
            case Unknown(reason):
                command = RecordUnknownOutcome(message_id=message_id, reason=reason)
        self._execute(command, event, at=self._clock())

    def _pages(self, rule: AudienceRule) -> Iterator[Sequence[Recipient]]:
        """Yield the audience in batches, in the order of the customers' ids."""
        last: UUID | None = None
        while True:
            with reading(self._engine) as db:
                rows = audience.matching(
                    db,
                    channel=rule.consent_channel,
                    languages=rule.languages,
                    importance=rule.importance,
                    cities=rule.cities,
                    after=last,
                    limit=BATCH,
                )
                page = _recipients(db, rows)
            if not page:
                return
            yield page
            last = page[-1].customer_id

    def _execute(self, command: Command, event: CloudEvent, *, at: datetime) -> CommandResult | None:
        """Execute a command; None where it is rejected, because somebody has already decided."""
        command_id = f"{event.id}/{type(command).__name__}/{command.fingerprint()}"
        context = caused_by(
            event, command_id=command_id, actor="effect:mailing", recorded_at=self._clock(), occurred_at=at
        )
        try:
            return self._application.execute(command, context)
        except DomainError as error:
            log.info("command rejected", command=type(command).__name__, rule=type(error).__name__)
            return None
        except Conflict as conflict:
            raise TransientError("somebody else decides about the same message at this moment") from conflict


def effects_of(settings: Settings, application: Application, engine: Engine, clock: Clock) -> tuple[Effect, ...]:
    """Return the effects of campaigns, through the mail server of the settings."""
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        timeout=settings.smtp_timeout_seconds,
    )
    return effects_with(Mailing(application, engine, SmtpSender(server), clock))


def effects_with(mailing: Mailing) -> tuple[Effect, ...]:
    """Return the two effects of a mailing."""
    return (
        Effect(CampaignLaunched, mailing.write_to_the_audience),
        Effect(MessageRequested, mailing.hand_over_the_message, close=mailing.close),
    )


def _recipients(db: Connection, rows: Sequence[Row[Any]]) -> list[Recipient]:
    complaints = open_cases_of_customers.complaints_of(db, [row.customer_id for row in rows])
    return [
        Recipient(
            customer_id=row.customer_id,
            address=row.email,
            consented=row.consented,
            importance=ImportanceListing(row.importance),
            open_complaint=complaints.get(row.customer_id),
        )
        for row in rows
    ]


def _leave_out(campaign_id: UUID, unwanted: dict[UUID, Exclusion]) -> LeaveOutCustomers:
    rows = tuple(
        LeftOutCustomer(customer_id=customer_id, reason=why.reason, case_id=why.case_id)
        for customer_id, why in unwanted.items()
    )
    return LeaveOutCustomers(campaign_id=campaign_id, customers=rows, rule=SENDING.version)
