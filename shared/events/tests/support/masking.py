"""Events without their personal data: what is left when everything that `personal_fields` names is hidden."""

from pydantic import JsonValue

from crm_events import PublicEvent, personal_fields

MASK = "***"


def masked(event: PublicEvent) -> dict[str, JsonValue]:
    """Return the event's JSON with `***` in place of all personal data."""
    content: dict[str, JsonValue] = event.model_dump(mode="json")
    for path in personal_fields(type(event)):
        _mask_at(content, path.split("."))
    return content


def _mask_at(content: JsonValue, path: list[str]) -> None:
    if isinstance(content, list):
        for item in content:
            _mask_at(item, path)
    elif isinstance(content, dict) and len(path) > 1:
        _mask_at(content[path[0]], path[1:])
    elif isinstance(content, dict):
        content[path[0]] = _hidden(content[path[0]])


def _hidden(content: JsonValue) -> JsonValue:
    match content:
        case None:
            return None
        case list():
            return [_hidden(item) for item in content]
        case dict():
            return {name: _hidden(item) for name, item in content.items()}
        case _:
            return MASK
