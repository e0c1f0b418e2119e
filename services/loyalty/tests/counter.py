"""A counter that works with loyalty over HTTP."""

from typing import Any
from uuid import UUID

from crm_chassis.testing import PARTITIONS, Client, command_context, received
from crm_eventlog.command import Command
from crm_eventlog.envelope import CloudEvent, context_of
from crm_eventlog.store import StoredFact
from crm_loyalty.service import SERVICE

ENVELOPE = ("originator_id", "originator_version", "originator_topic", "timestamp")
CONTEXT = ("actor", "role", "unit", "channel", "correlation_id", "recorded_at")


class Counter:
    """A counter that asks commands of loyalty, and reads the read models."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def asked(self, name: str, body: dict[str, Any], **headers: str) -> str:
        """Ask a command that must succeed; return the id of its aggregate."""
        answer = self.client.command(name, body, **headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def happened(self, command: Command, **under: Any) -> None:
        """Execute a command that only a policy or a clock asks."""
        application = self.client.app.state.application
        application.execute(command, command_context(**under))

    def public_events(self) -> list[CloudEvent]:
        """Return all public events, each stream in its order."""
        stored = [fact for part in range(PARTITIONS) for fact in self.client.store.read(part, 0, 1000)]
        return [event for fact in stored if (event := self._public_event(fact))]

    def catch_up(self) -> None:
        """Let the read models process every event; then again, the last first."""
        events = self.public_events()
        self.client.project(*events)
        self.client.project(*reversed(events))

    def shown(self, path: str, **headers: str) -> Any:
        """Read what is shown."""
        answer = self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, path: str, limit: int) -> list[dict[str, Any]]:
        """Read page by page, each with the cursor of the page before."""
        joint = "&" if "?" in path else "?"
        pages = [self.shown(f"{path}{joint}limit={limit}")]
        while pages[-1]["next"]:
            pages.append(self.shown(f"{path}{joint}limit={limit}&cursor={pages[-1]['next']}"))
        return pages

    def stored(self, id: UUID) -> list[tuple[str, dict[str, Any]]]:
        """Read the facts that are stored of a member, a card or an account: their names and all they hold."""
        facts = self.client.app.state.application.repository.event_store.get(id)
        return [
            (type(fact).__name__, {name: value for name, value in vars(fact).items() if name not in ENVELOPE})
            for fact in facts
        ]

    def _public_event(self, fact: StoredFact) -> CloudEvent | None:
        event = SERVICE.publish(self.client.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
        under = context_of(fact)
        return event and received(
            event,
            subject=fact.originator_id,
            sequence=fact.originator_version,
            time=under.occurred_at,
            **{name: getattr(under, name) for name in CONTEXT},
        )
