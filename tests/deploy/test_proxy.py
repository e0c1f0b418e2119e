"""The proxy before a service: who may pass, and as whom; nobody says himself who he is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import crossplane
import pytest

from tests.deploy.tools import DEPLOY

FILE = DEPLOY / "proxy" / "nginx.conf"
Directive = dict[str, Any]


def directives(file: Path) -> list[Directive]:
    """Read every directive of the file, blocks within blocks; nginx's own grammar must allow each where it stands."""
    [parsed] = crossplane.parse(str(file), single=True)["config"]
    [judged] = crossplane.parse(str(file), single=True, strict=True)["config"]
    # What stands in a map are its values, which the grammar takes for directives.
    values = {line["line"] for each in parsed["parsed"] for line in values_of_maps(each)}
    assert [error for error in judged["errors"] if error["line"] not in values] == []
    assert "\\\\" not in file.read_text("utf-8"), "nginx reads two backslashes as one, whatever they stand for"
    return list(parsed["parsed"])


def values_of_maps(http: Directive) -> Iterator[Directive]:
    return (value for each in http.get("block", []) if each["directive"] == "map" for value in each["block"])


def within(block: list[Directive]) -> Iterator[Directive]:
    for each in block:
        yield each
        yield from within(each.get("block", []))


def servers(block: list[Directive]) -> dict[str, list[Directive]]:
    """Return each server by its port."""
    found = [each["block"] for each in within(block) if each["directive"] == "server" and "block" in each]
    return {words(server, "listen")[0][0]: server for server in found}


def words(block: list[Directive], name: str) -> list[list[str]]:
    return [each["args"] for each in within(block) if each["directive"] == name]


def breaches(block: list[Directive]) -> list[str]:
    """List the promises about the way in that are broken."""
    callers, operators = servers(block)["8443"], servers(block)["9102"]
    written = dict(words(callers, "proxy_set_header"))
    refusing = [each["args"] for each in callers if each["directive"] == "if" and each["block"][0]["args"] == ["403"]]
    promises = {
        "asks for a certificate": words(callers, "ssl_verify_client") == [["on"]]
        and words(callers, "ssl_client_certificate") == [["/etc/crm/tls/ca.crt"]],
        "speaks TLS only": words(callers, "listen") == [["8443", "ssl"]],
        "writes who acts itself": written
        == {
            "Connection": "",
            "Host": "127.0.0.1",
            "Crm-Actor": "$crm_actor",
            "Crm-Unit": "$crm_unit",
            "Crm-Role": "$crm_role",
        },
        "refuses whoever the certificate does not name": refusing
        == [["$crm_actor", "=", ""], ["$crm_unit", "=", ""], ["$crm_role", "=", ""]],
        "passes operators figures only": [each["args"] for each in operators if words([each], "proxy_pass")]
        == [["=", "/metrics"]],
        "writes no address into a log": words(block, "access_log") == [["off"]]
        and words(block, "error_log") == [["stderr", "crit"]],
        "sends a command once": words(block, "proxy_next_upstream") == [["off"]],
        "reaches its own service only": words(block, "upstream") == [["service"]]
        and words(block, "proxy_pass") == [["http://service"]] * 2
        and [each["args"] for each in within(block) if each["directive"] == "server" and "block" not in each]
        == [["127.0.0.1:8000"]],
    }
    return [promise for promise, kept in promises.items() if not kept]


def as_named(subject: str) -> dict[str, str]:
    """Return actor, unit and role as nginx reads them from the subject of a certificate."""
    maps = [each for each in within(directives(FILE)) if each["directive"] == "map"]
    found = {}
    for each in maps:
        [expression] = [line["directive"] for line in each["block"] if line["directive"].startswith("~")]
        matched = re.search(expression.removeprefix("~").replace("(?<", "(?P<").replace("(?P<!", "(?<!"), subject)
        found[each["args"][1]] = matched.group(1) if matched else ""
    return found


def test_the_proxy_keeps_its_promises() -> None:
    assert breaches(directives(FILE)) == []


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (("ssl_verify_client on", "ssl_verify_client optional"), "asks for a certificate"),
        (("listen 8443 ssl", "listen 8443"), "speaks TLS only"),
        (("            proxy_set_header Crm-Unit $crm_unit;\n", ""), "writes who acts itself"),
        (("Crm-Actor $crm_actor", "Crm-Actor $http_crm_actor"), "writes who acts itself"),
        (('if ($crm_unit = "")', 'if ($crm_unit = "x")'), "refuses whoever the certificate does not name"),
        (
            ("location = /metrics {\n            proxy_pass", "location / {\n            proxy_pass"),
            "passes operators figures only",
        ),
        (("error_log stderr crit", "error_log stderr info"), "writes no address into a log"),
        (("    proxy_next_upstream off;\n", ""), "sends a command once"),
        (("server 127.0.0.1:8000", "server 10.0.0.1:8000"), "reaches its own service only"),
    ],
)
def test_a_proxy_that_breaks_a_promise_is_caught(tmp_path: Path, change: tuple[str, str], promise: str) -> None:
    offender = tmp_path / "nginx.conf"
    offender.write_text(FILE.read_text("utf-8").replace(*change))

    assert offender.read_text("utf-8") != FILE.read_text("utf-8")
    assert promise in breaches(directives(offender))


def test_a_directive_that_nginx_does_not_know_is_caught(tmp_path: Path) -> None:
    offender = tmp_path / "nginx.conf"
    offender.write_text(FILE.read_text("utf-8").replace("ssl_verify_client on", "ssl_verify_clients on"))

    with pytest.raises(AssertionError, match="ssl_verify_clients"):
        directives(offender)


@pytest.mark.parametrize(
    ("subject", "named"),
    [
        ("CN=lin.mei,OU=tianhe,O=clerk", ("lin.mei", "tianhe", "clerk")),
        ("emailAddress=x,O=till,OU=tianhe,CN=till-3", ("till-3", "tianhe", "till")),
        ("CN=lin.mei", ("lin.mei", "", "")),
        (r"OU=tianhe\,CN=boss,O=clerk", ("", "", "clerk")),
        (r"O=x\,CN=boss,OU=tianhe", ("", "tianhe", "")),
        (r"CN=\E6\9E\97,OU=tianhe,O=clerk", ("", "tianhe", "clerk")),
        ("CN=lin mei,OU=tianhe,O=clerk", ("", "tianhe", "clerk")),
        ("XCN=boss,OU=tianhe,O=clerk", ("", "tianhe", "clerk")),
        ("", ("", "", "")),
    ],
)
def test_who_acts_is_what_the_certificate_says(subject: str, named: tuple[str, str, str]) -> None:
    assert as_named(subject) == dict(zip(("$crm_actor", "$crm_unit", "$crm_role"), named, strict=True))


def test_an_expression_that_nginx_would_read_otherwise_is_caught(tmp_path: Path) -> None:
    offender = tmp_path / "nginx.conf"
    offender.write_text(FILE.read_text("utf-8").replace("\\x5c", "\\\\"))

    with pytest.raises(AssertionError, match="two backslashes as one"):
        directives(offender)
