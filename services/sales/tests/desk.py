"""A desk that works with sales over HTTP."""

from typing import Any
from uuid import UUID

from crm_chassis.testing import PARTITIONS, Client, command_context, heard
from crm_eventlog.envelope import CloudEvent, context_of
from crm_eventlog.store import StoredFact
from crm_sales.service import SERVICE

ENVELOPE = ("originator_id", "originator_version", "originator_topic", "timestamp")
SAID = ("actor", "role", "unit", "channel", "correlation_id")


def id_made_by(key: str, noun: str) -> str:
    """Give the id of what the command with this key makes."""
    return str(command_context(command_id=key).new_id(noun))


class Desk:
    """A desk that asks commands of sales, and looks at what the read models have taken in."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: list[CloudEvent] = []
        self._seen = dict.fromkeys(range(PARTITIONS), 0)

    def asked(self, name: str, body: dict[str, Any], **headers: str) -> str:
        """Ask a command that must succeed; the id of what it was about."""
        answer = self.client.command(name, body, **headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def refused(self, name: str, body: dict[str, Any], **headers: str) -> tuple[int, str, str, Any]:
        """Ask a command that must not succeed; the status, the name of the rule, the field and its value."""
        answer = self.client.command(name, body, **headers)
        problem = answer.json()
        [error] = problem["errors"]
        return answer.status_code, problem["type"].removeprefix("urn:crm:problem:"), error["field"], error["value"]

    def process_batch(self) -> None:
        """Let the read models take in everything that was recorded since the last time."""
        for part, seen in self._seen.items():
            said = [self._said(fact) for fact in self.client.store.read(part, seen, 1000)]
            self.client.tell(*said)
            self.heard += said
            self._seen[part] = seen + len(said)

    def shown(self, path: str, **headers: str) -> Any:
        """Read what is shown once everything that was recorded is taken in."""
        self.process_batch()
        answer = self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, path: str, limit: int) -> list[list[Any]]:
        """Read the items page by page, each with the cursor of the page before."""
        joint = "&" if "?" in path else "?"
        page = self.shown(f"{path}{joint}limit={limit}")
        pages = [page["items"]]
        while page["next"]:
            page = self.shown(f"{path}{joint}limit={limit}&cursor={page['next']}")
            pages.append(page["items"])
        return pages

    def stored(self, id: str) -> list[tuple[str, dict[str, Any]]]:
        """Read the facts that are stored of a lead, an opportunity or an order: their names and all they hold."""
        facts = self.client.app.state.application.repository.event_store.get(UUID(id))
        return [
            (type(fact).__name__, {name: value for name, value in vars(fact).items() if name not in ENVELOPE})
            for fact in facts
        ]

    def _said(self, fact: StoredFact) -> CloudEvent:
        event = SERVICE.publish(self.client.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
        under = context_of(fact)
        return heard(
            event,
            subject=fact.originator_id,
            sequence=fact.originator_version,
            time=under.occurred_at,
            **{name: getattr(under, name) for name in SAID},
        )
