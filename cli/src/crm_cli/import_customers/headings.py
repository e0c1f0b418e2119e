"""The usual headings of columns, in English and Chinese, and the meanings of usual entries."""

import re
from collections.abc import Mapping

KEY = "key"
LISTS = ("phones", "emails")
ADDRESS = ("country", "region", "city", "street", "postcode")

_USUAL: Mapping[str, str] = {
    KEY: "customer number, customer no, customer id, id, no, number, code, key, member number, "
    "客户编号, 客戶編號, 客户号, 客户代码, 编号, 編號, 会员号, 會員號",
    "name": "name, full name, customer name, customer, company, company name, "
    "姓名, 名称, 名稱, 名字, 客户, 客户名称, 客戶名稱, 客户姓名, 客戶姓名, 公司名称, 公司名稱",
    "kind": "kind, type, customer type, 类型, 類型, 客户类型, 客戶類型, 类别, 類別",
    "form_of_address": "form of address, title, salutation, 称谓, 稱謂, 称呼, 稱呼",
    "phones": "phone, phones, phone number, mobile, mobile phone, mobile number, cell, telephone, tel, "
    "手机, 手機, 手机号, 手机号码, 電話, 电话, 电话号码, 電話號碼, 联系电话, 聯絡電話, 固定电话, 固話",
    "emails": "email, emails, e-mail, mail, email address, 邮箱, 郵箱, 电子邮箱, 電子郵箱, 电子邮件, 電子郵件, 邮件",
    "language": "language, preferred language, 语言, 語言, 首选语言, 语言偏好, 語言偏好",
    "birthday": "birthday, birth date, date of birth, dob, 生日, 出生日期, 出生年月日",
    "address.country": "country, country code, 国家, 國家",
    "address.region": "region, province, state, 省, 省份, 地区, 地區",
    "address.city": "city, town, 城市, 市",
    "address.street": "street, address, street address, 街道, 地址, 详细地址, 詳細地址, 住址",
    "address.postcode": "postcode, postal code, zip, zip code, 邮编, 郵編, 邮政编码, 郵政編碼",
}
# `region` is the country of phone numbers that are written without a country code.
FIELDS = (*_USUAL, "region")

_MEANINGS: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "person": "person, private, individual, p, 个人, 個人, 个人客户",
        "company": "company, business, organisation, organization, c, 公司, 企业, 企業, 单位, 單位, 企业客户",
    },
    "language": {
        "zh": "zh, zh-cn, zh-tw, chinese, mandarin, 中文, 汉语, 漢語, 普通话",
        "en": "en, en-gb, en-us, english, 英文, 英语, 英語",
    },
    "address.country": {
        "CN": "china, prc, 中国, 中國, 中华人民共和国",
        "HK": "hong kong, 香港",
        "MO": "macao, macau, 澳门, 澳門",
        "TW": "taiwan, 台湾, 台灣",
    },
}


def plain(heading: str) -> str:
    """Return a heading without case, spaces, strokes and a number at its end: `E-Mail 2` is `email`."""
    return re.sub(r"[\s_\-.:：]+|\d+$", "", heading.strip().casefold())


_FIELD_OF = {plain(heading): field for field, usual in _USUAL.items() for heading in usual.split(", ")}
_MEANING_OF = {
    field: {entry: meaning for meaning, entries in meanings.items() for entry in entries.split(", ")}
    for field, meanings in _MEANINGS.items()
}


def usual_field(heading: str) -> str | None:
    """Return the field that a column of this name usually holds."""
    return _FIELD_OF.get(plain(heading))


def usual_meaning(field: str, entry: str) -> str:
    """Return the usual meaning of an entry in this field, or the entry itself where it has none."""
    return _MEANING_OF.get(field, {}).get(entry.casefold(), entry)
