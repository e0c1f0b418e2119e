"""Phone numbers and e-mail addresses as people write them, brought into the one form in which they are kept."""

from typing import Annotated

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from crm_eventlog.aggregate import DomainError, LocalizedText

HOME = "CN"


class PhoneNotANumber(DomainError, ValueError):
    """A phone number can be dialled from anywhere."""

    message = LocalizedText(
        "A phone number is a valid one of its country, without an extension.",
        "电话号码须为所在国家的有效号码，不含分机号。",
    )
    hint = LocalizedText(
        "Write it with its country code, as in +86 138 0013 8000, or name its country in `region`.",
        "请带国家代码填写，例如 +86 138 0013 8000，或在 region 中注明国家。",
    )


class RegionUnknown(DomainError, ValueError):
    """Numbers without a country code are read as numbers of a known country."""

    message = LocalizedText(
        "The region is a country or territory with phone numbers of its own.", "region 须为有自己电话号码的国家或地区。"
    )
    hint = LocalizedText(
        "Use its two letters of ISO 3166, as in CN, HK or DE.", "请使用 ISO 3166 两位字母代码，例如 CN、HK 或 DE。"
    )


class EmailNotAnAddress(DomainError, ValueError):
    """An e-mail address can be written to."""

    message = LocalizedText("An e-mail address has the form name@example.com.", "电子邮箱的格式应为 name@example.com。")
    hint = LocalizedText("Check it for typing mistakes, or leave it out.", "请检查是否有误，或去掉该邮箱。")


def known_region(text: str) -> str:
    """The two letters of a country whose numbering plan is known; `RegionUnknown` otherwise."""
    region = text.upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise RegionUnknown("region", text)
    return region


def international(text: str, info: ValidationInfo) -> str:
    """The number in E.164, as +8613800138000; without a country code it is read as one of the field `region`."""
    try:
        number = phonenumbers.parse(text, info.data.get("region", HOME))
    except phonenumbers.NumberParseException:
        raise PhoneNotANumber("phones", text) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise PhoneNotANumber("phones", text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def writable(text: str) -> str:
    """The address with its domain in lower case; nobody is asked whether the domain takes mail."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise EmailNotAnAddress("emails", text) from None


def each_once(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The same without repetitions, whatever the case of their letters; the first stands."""
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(text.casefold(), text)
    return tuple(kept.values())


Region = Annotated[
    str,
    StringConstraints(min_length=2, max_length=2),
    AfterValidator(known_region),
    Field(
        description="The country (ISO 3166) of phone numbers that are written without a country code.", examples=[HOME]
    ),
]
Phones = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=3, max_length=40), AfterValidator(international)], ...],
    AfterValidator(each_once),
    Field(max_length=10, description="In any written form; kept as E.164.", examples=[["138 0013 8000"]]),
]
Emails = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=3, max_length=254), AfterValidator(writable)], ...],
    AfterValidator(each_once),
    Field(max_length=10, examples=[["chen.li@example.com"]]),
]
