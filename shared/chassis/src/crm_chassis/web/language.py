"""Which of the two languages the reader wants."""

from typing import Annotated, Literal

from fastapi import Depends, Header, Request

Tongue = Literal["en", "zh"]


def tongue_of(accepted: str) -> Tongue:
    """The better liked of Chinese and English in an Accept-Language header; English when neither is named."""
    wishes: dict[Tongue, float] = {}
    for wish in accepted[:500].split(","):
        tag, _, parameters = wish.strip().partition(";")
        tongue = _tongue(tag.strip().lower())
        if tongue:
            wishes[tongue] = max(wishes.get(tongue, 0.0), _quality(parameters))
    return "zh" if wishes.get("zh", 0.0) > wishes.get("en", 0.0) else "en"


def tongue_for(request: Request) -> Tongue:
    """The language of the answer to this request."""
    return tongue_of(request.headers.get("accept-language", ""))


def _tongue(tag: str) -> Tongue | None:
    match tag.partition("-")[0]:
        case "zh":
            return "zh"
        case "en":
            return "en"
        case _:
            return None


def _quality(parameters: str) -> float:
    name, _, value = parameters.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def _language(
    request: Request,
    accept_language: Annotated[
        str | None, Header(alias="Accept-Language", description="zh or en; English when neither is named.")
    ] = None,
) -> Tongue:
    return tongue_for(request)


Language = Annotated[Tongue, Depends(_language)]
"""The language the reader wants: `zh` or `en`."""
