"""Sentences of a history, for a reader of one language: who, what, where and when."""

from datetime import tzinfo
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from crm_events import parse
from crm_events.sentences import Clause, Subject, it
from crm_events.sentences.amounts import because, moment, quoted
from crm_events.sentences.codes import word
from crm_events.sentences.filling import describe
from crm_events.sentences.names import Names
from crm_events.support.cases import desk_words, expected_words
from crm_events.support.vocabulary import CaseKind
from crm_history.front_desk import Concern, State
from crm_history.sentences.codes import CHANNELS, ROLES
from crm_history.sentences.names import HistoryNames
from crm_kernel import CHINA, LocalizedText

Language = Literal["en", "zh"]
_QUOTED_STOPS = tuple(f"{stop}”" for stop in ".!?。！？…")
_SYSTEM = LocalizedText("the system", "系统")
_SOMEBODY = LocalizedText("somebody", "有人")


class EntryWords(NamedTuple):
    """An entry of a history in words: what happened, and the same with who, where and when."""

    what: str
    sentence: str


def words(row: Any, language: Language, *, names: Names | None = None, zone: tzinfo = CHINA) -> EntryWords:
    """Tell a row of the history; days and hours are those of `zone`."""
    names = names or Names()
    event = parse(row.type, row.data)
    clause = _unheard_of(row.type) if event is None else describe(event, names)
    framed = _framed(clause, moment(row.occurred_at, zone), _where(row, names), row)
    return EntryWords(_short(clause).in_language(language), framed.in_language(language))


def sentence(row: Any, language: Language, *, names: Names | None = None, zone: tzinfo = CHINA) -> str:
    """Tell a row of the history in one sentence: who, what, where and when."""
    return words(row, language, names=names, zone=zone).sentence


class Narrator:
    """Tells a page of history to one reader; a name is looked up once."""

    def __init__(self, language: Language, names: Names, zone: tzinfo = CHINA) -> None:
        self._language, self._names, self._zone = language, names, zone

    @classmethod
    def reading(cls, db: Connection, language: Language) -> "Narrator":
        """Return a narrator that finds the names of units and campaigns in this database."""
        return cls(language, HistoryNames(db))

    def words(self, row: Any) -> EntryWords:
        """Tell a row of the history, short and whole."""
        return words(row, self._language, names=self._names, zone=self._zone)

    def sentence(self, row: Any) -> str:
        """Tell a row of the history in one sentence."""
        return self.words(row).sentence

    def concern(self, concern: Concern) -> str:
        """Say how a question or a complaint stands."""
        return _standing(concern, moment(concern.asked_at, self._zone)).in_language(self._language)


def _framed(clause: Clause, when: LocalizedText, where: LocalizedText, row: Any) -> LocalizedText:
    who, role = _who(row.actor, row.role)
    beside = LocalizedText(f" ({role.en})", f"（{role.zh}）") if role else LocalizedText("", "")
    behind = LocalizedText(f", {role.en}", f"，{role.zh}") if role else LocalizedText("", "")
    noted = LocalizedText(f" (recorded by {who.en}{behind.en})", f"（记录人：{who.zh}{behind.zh}）")
    match clause.subject:
        case Subject.STAFF:
            en, zh = f"{who.en}{beside.en} {clause.en}", f"{who.zh}{beside.zh}{clause.zh}"
        case Subject.CUSTOMER:
            en, zh = f"the customer {clause.en}{noted.en}", f"客户{clause.zh}{noted.zh}"
        case Subject.THING:
            en, zh = f"{clause.en}{noted.en}", f"{clause.zh}{noted.zh}"
    return LocalizedText(_ended(f"On {when.en}{where.en}, {en}", "."), _ended(f"{when.zh}{where.zh}，{zh}", "。"))


def _short(clause: Clause) -> LocalizedText:
    """Return what happened, without when, where and by whom: those stand beside it."""
    customer = clause.subject is Subject.CUSTOMER
    en, zh = (f"the customer {clause.en}", f"客户{clause.zh}") if customer else (clause.en, clause.zh)
    return LocalizedText(_ended(en[:1].upper() + en[1:], "."), _ended(zh, "。"))


def _ended(text: str, stop: str) -> str:
    """Add a full stop, unless a quotation has brought one."""
    return text if text.endswith(_QUOTED_STOPS) else text + stop


def _who(actor: str, role: str) -> tuple[LocalizedText, LocalizedText | None]:
    """Return the person and the role they act in; the system needs no role."""
    if role == "system" or actor.startswith(("policy:", "deadline:")):
        return _SYSTEM, None
    person = LocalizedText(actor, actor) if actor else _SOMEBODY
    return person, word(role, ROLES) if role else None


def _where(row: Any, names: Names) -> LocalizedText:
    channel = CHANNELS.get(row.channel) or LocalizedText(f"over {row.channel}", row.channel)
    unit = names.unit(row.unit)
    match bool(row.channel), bool(row.unit):
        case True, True:
            return LocalizedText(f", {channel.en} ({unit.en})", f"，{channel.zh}（{unit.zh}）")
        case True, False:
            return LocalizedText(f", {channel.en}", f"，{channel.zh}")
        case False, True:
            return LocalizedText(f", at {unit.en}", f"，{unit.zh}")
        case _:
            return LocalizedText("", "")


def _unheard_of(kind: str) -> Clause:
    return it(
        f"something happened that this service has no words for yet ({kind})", f"发生了本服务尚无说明的事件（{kind}）"
    )


def _standing(concern: Concern, asked: LocalizedText) -> LocalizedText:
    kind, where = CaseKind(concern.kind).label, CHANNELS[concern.channel]
    state = _state(concern)
    about = f"{quoted(concern.subject)}"
    words = quoted(concern.text)
    return LocalizedText(
        f"{kind.en.capitalize()} of {asked.en}, {where.en}, about {about}: {words} {state.en}",
        f"{asked.zh}，{where.zh}，客户{kind.zh}{about}：{words} {state.zh}",
    )


def _state(concern: Concern) -> LocalizedText:
    why, answer = because(concern.reason), quoted(concern.answer or "")
    match concern.state:
        case State.UNRESOLVABLE:
            when = expected_words(concern.expected_on)
            return LocalizedText(
                _ended(f"There is no remedy now{why.en}{when.en}", "."),
                _ended(f"暂无解决办法{why.zh}{when.zh}", "。"),
            )
        case State.ANSWERED:
            return LocalizedText(_ended(f"The customer was told: {answer}", "."), _ended(f"已答复客户：{answer}", "。"))
        case State.RESOLVED:
            return LocalizedText(_ended(f"It is settled: {answer}", "."), _ended(f"已解决：{answer}", "。"))
        case State.ESCALATED:
            return LocalizedText(
                _ended(f"There is no answer yet; it was passed up to {concern.escalated_to}{why.en}", "."),
                _ended(f"尚未答复，已升级给{concern.escalated_to}{why.zh}", "。"),
            )
    if concern.reason:
        return LocalizedText(_ended(f"It is open again{why.en}", "."), _ended(f"已重新打开{why.zh}", "。"))
    desk = desk_words(concern.desk, concern.assignee) if concern.desk else None
    return LocalizedText(
        f"There is no answer yet{f'; {desk.en} has it' if desk else ''}.",
        f"尚未答复{f'，由{desk.zh}处理' if desk else ''}。",
    )
