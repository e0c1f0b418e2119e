"""The language of an answer, negotiated by Accept-Language."""

from typing import Annotated

from fastapi import Depends, Header, Request

from crm_kernel import Language


def language_of(accepted: str) -> Language:
    """Return the language that an Accept-Language header prefers, English if it names neither."""
    wishes: dict[Language, float] = {}
    for wish in accepted[:500].split(","):
        tag, _, parameters = wish.strip().partition(";")
        language = _spoken(tag.strip().lower())
        if language:
            wishes[language] = max(wishes.get(language, 0.0), _quality(parameters))
    return Language.ZH if wishes.get(Language.ZH, 0.0) > wishes.get(Language.EN, 0.0) else Language.EN


def negotiate_language(request: Request) -> Language:
    """Return the language of the answer to this request."""
    return language_of(request.headers.get("accept-language", ""))


def _spoken(tag: str) -> Language | None:
    match tag.partition("-")[0]:
        case "zh":
            return Language.ZH
        case "en":
            return Language.EN
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
) -> Language:
    return negotiate_language(request)


ReaderLanguage = Annotated[Language, Depends(_language)]
"""The language the reader wants: `zh` or `en`."""
