"""Wordings: whatever value a field of an event has, both languages have words for it, and always the same."""

import json
from pathlib import Path

import pytest

from crm_history.sentences import codes
from shared.history.tests.support.golden import wordings
from shared.history.tests.support.sentences import said
from shared.history.tests.telling import golden

WORDINGS = Path(__file__).parent / "golden_wordings.json"
QUESTION = "crm.support.QuestionAsked.v1"


def test_another_value_is_told_in_the_words_it_always_was() -> None:
    assert wordings() == json.loads(WORDINGS.read_text("utf-8"))


@pytest.mark.parametrize(
    ("role", "en", "zh"),
    [
        ("staff", "staff", "员工"),
        ("clerk", "clerk", "店员"),
        ("cashier", "cashier", "收银员"),
        ("agent", "service agent", "客服"),
        ("salesperson", "salesperson", "销售"),
        ("marketer", "marketer", "营销"),
        ("technician", "technician", "技师"),
        ("manager", "manager", "经理"),
        ("store_manager", "store manager", "店长"),
        ("service", "service", "服务"),
    ],
)
def test_a_role_is_named(role: str, en: str, zh: str) -> None:
    assert said(golden(QUESTION), "en", role=role).endswith(f"(recorded by li.na, {en}).")
    assert said(golden(QUESTION), "zh", role=role).endswith(f"（记录人：li.na，{zh}）。")
    assert role in codes.ROLES


@pytest.mark.parametrize(
    ("channel", "en", "zh"),
    [
        ("store", "in store", "门店"),
        ("web", "on the website", "网站"),
        ("call_centre", "on the hotline", "热线"),
        ("service_centre", "at the service centre", "服务中心"),
        ("mail", "by mail", "邮件"),
        ("vip_club", "at the VIP club", "VIP 俱乐部"),
        ("field", "on a field visit", "上门"),
        ("email", "by e-mail", "电子邮件"),
        ("sms", "by text message", "短信"),
        ("phone", "by telephone", "电话"),
        ("post", "by post", "信函"),
        ("api", "through an interface", "系统接口"),
        ("system", "in the system", "系统"),
    ],
)
def test_the_way_it_was_said_is_named(channel: str, en: str, zh: str) -> None:
    assert said(golden(QUESTION), "en", channel=channel).startswith(f"On 20 Nov 2026 at 12:00, {en} (GZ-TIANHE), ")
    assert said(golden(QUESTION), "zh", channel=channel).startswith(f"2026年11月20日12:00，{zh}（GZ-TIANHE），")
