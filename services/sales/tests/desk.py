"""A desk that works with sales over HTTP."""

from typing import Any
from uuid import UUID

from crm_chassis.testing import PARTITIONS, Client, command_context, received
from crm_eventlog.envelope import CloudEvent, context_of
from crm_eventlog.store import StoredFact
from crm_sales.service import SERVICE

ENVELOPE = ("originator_id", "originator_version", "originator_topic", "timestamp")
CONTEXT = ("actor", "role", "unit", "channel", "correlation_id")


def id_made_by(key: str, noun: str) -> str:
    """Give the id of what the command with this key makes."""
    return str(command_context(command_id=key).new_id(noun))


class Desk:
    """A desk that sends commands to sales, and reads what its read models show."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.events: list[CloudEvent] = []
        self._seen = dict.fromkeys(range(PARTITIONS), 0)

    def execute(self, name: str, body: dict[str, Any], **headers: str) -> str:
        """Send a command that must succeed, and return the id of the record it was about."""
        answer = self.client.command(name, body, **headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def problem_of(self, name: str, body: dict[str, Any], **headers: str) -> tuple[int, str, str, Any]:
        """Send a command that must fail, and return the status, the name of the rule, the field and its value."""
        answer = self.client.command(name, body, **headers)
        problem = answer.json()
        [error] = problem["errors"]
        return answer.status_code, problem["type"].removeprefix("urn:crm:problem:"), error["field"], error["value"]

    def project(self) -> None:
        """Give the read models every event that was recorded since the last time."""
        for part, seen in self._seen.items():
            events = [self._event_of(fact) for fact in self.client.store.read(part, seen, 1000)]
            self.client.project(*events)
            self.events += events
            self._seen[part] = seen + len(events)

    def read(self, path: str, **headers: str) -> Any:
        """Read an address once the read models have everything that was recorded."""
        self.project()
        answer = self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, path: str, limit: int) -> list[list[Any]]:
        """Read the items page by page, each with the cursor of the page before."""
        joint = "&" if "?" in path else "?"
        page = self.read(f"{path}{joint}limit={limit}")
        pages = [page["items"]]
        while page["next"]:
            page = self.read(f"{path}{joint}limit={limit}&cursor={page['next']}")
            pages.append(page["items"])
        return pages

    def stored(self, id: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the stored facts of a lead, an opportunity or an order: their names and all they hold."""
        facts = self.client.app.state.application.repository.event_store.get(UUID(id))
        return [
            (type(fact).__name__, {name: value for name, value in vars(fact).items() if name not in ENVELOPE})
            for fact in facts
        ]

    def _event_of(self, fact: StoredFact) -> CloudEvent:
        event = SERVICE.publish(self.client.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
        context = context_of(fact)
        return received(
            event,
            subject=fact.originator_id,
            sequence=fact.originator_version,
            time=context.occurred_at,
            **{name: getattr(context, name) for name in CONTEXT},
        )
