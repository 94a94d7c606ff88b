"""Reads what the formats write as their readers do, and says what was wrong with it."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
PROPERTY = re.compile(r"(file|line|col|endLine|endColumn|title)=([^:,\n]*)")


def exactly(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": [*required],
        "additionalProperties": False,
    }


def listed(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
NUMBER = {"type": "integer", "minimum": 1}
MESSAGE = exactly({"text": {"type": "string"}})
LEVEL = {"enum": ["none", "note", "warning", "error"]}
PHYSICAL = exactly(
    {
        "artifactLocation": exactly({"uri": {**TEXT, "pattern": "^[A-Za-z0-9/._~%-]+$"}, "uriBaseId": TEXT}),
        "region": exactly({"startLine": NUMBER}, {"startColumn": NUMBER, "endColumn": NUMBER}),
    }
)
LOGICAL = exactly({"fullyQualifiedName": TEXT, "kind": TEXT})
# What the standard says of the parts of SARIF 2.1.0 that we write, and nothing that we don't.
SARIF = exactly(
    {
        "$schema": TEXT,
        "version": {"const": "2.1.0"},
        "runs": listed(
            exactly(
                {
                    "tool": exactly(
                        {
                            "driver": exactly(
                                {
                                    "name": TEXT,
                                    "version": TEXT,
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": exactly(
                                            {
                                                "id": TEXT,
                                                "shortDescription": MESSAGE,
                                                "fullDescription": MESSAGE,
                                                "help": exactly({"text": TEXT, "markdown": TEXT}),
                                                "defaultConfiguration": exactly({"level": LEVEL}),
                                            }
                                        ),
                                    },
                                }
                            )
                        }
                    ),
                    "automationDetails": exactly({"id": TEXT}),
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "originalUriBaseIds": {"type": "object", "additionalProperties": exactly({"description": MESSAGE})},
                    "results": listed(
                        exactly(
                            {
                                "ruleId": TEXT,
                                "level": LEVEL,
                                "message": MESSAGE,
                                "locations": listed(
                                    exactly({"physicalLocation": PHYSICAL}, {"logicalLocations": listed(LOGICAL)})
                                ),
                                "partialFingerprints": {"type": "object", "additionalProperties": TEXT},
                            },
                            {
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "relatedLocations": listed(
                                    exactly({"physicalLocation": PHYSICAL}, {"message": MESSAGE})
                                ),
                            },
                        )
                    ),
                }
            )
        ),
    }
)
GITLAB = listed(
    exactly(
        {
            "description": TEXT,
            "check_name": TEXT,
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": exactly({"path": TEXT, "lines": exactly({"begin": NUMBER})}),
        }
    )
)
# Element → attributes it must have, attributes it may have, elements it may hold.
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped"}, set(), {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, set(), {"testcase"}),
    "testcase": ({"name", "classname"}, {"file", "line"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"message"}, set(), set()),
    "error": ({"message"}, set(), set()),
    "skipped": ({"message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def sarif(text: str) -> dict[str, Any]:
    """The run of a log, after it was held against the standard."""
    document = json.loads(text)
    assert [error.message for error in Draft202012Validator(SARIF).iter_errors(document)] == []
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        if "ruleIndex" in result:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    return dict(run)


def sarif_text(message: dict[str, str]) -> str:
    """What a viewer shows of a message: links have to be none, then escapes and doubled braces are undone."""
    text = message["text"]
    assert not re.search(r"(?<!\\)(?:\\\\)*\]\(", text), "a link"
    assert "{" not in text.replace("{{", ""), "a placeholder"
    assert "}" not in text.replace("}}", ""), "a placeholder"
    text = re.sub(r"(\\+)\]\(", lambda match: "\\" * (len(match[1]) // 2) + "](", text)
    return text.replace("{{", "{").replace("}}", "}")


def sarif_path(result: dict[str, Any]) -> str:
    (location,) = result["locations"]
    return unquote(location["physicalLocation"]["artifactLocation"]["uri"], errors="surrogatepass")


def gitlab(text: str) -> list[dict[str, Any]]:
    issues: list[dict[str, Any]] = json.loads(text)
    assert [error.message for error in Draft202012Validator(GITLAB).iter_errors(issues)] == []
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    return issues


def github(text: str) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """The commands as a runner reads them: which, its properties, and the lines of its text."""
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match is not None, line
        properties: dict[str, str] = {}
        for part in match[2].split(","):
            pair = PROPERTY.fullmatch(part)
            assert pair is not None, part
            properties[pair[1]] = unescaped(pair[2])
        yield match[1], properties, [unescaped(part) for part in match[3].split("%0A")]


def unescaped(text: str) -> str:
    return text.replace("%2C", ",").replace("%3A", ":").replace("%25", "%")


def junit(text: str) -> ET.Element:
    """The document, after it was held against what readers of the format take."""
    root = ET.fromstring(text)  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    _held(root)
    for suite in root:
        cases = list(suite)
        assert suite.get("tests") == str(len(cases))
        for word, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(word) == str(sum(case.find(tag) is not None for case in cases))
        names = [(case.get("classname"), case.get("name")) for case in cases]
        assert len(set(names)) == len(names)
    for word in ("tests", "failures", "errors", "skipped"):
        assert root.get(word) == str(sum(int(suite.get(word, "")) for suite in root))
    return root


def _held(element: ET.Element) -> None:
    needed, allowed, children = JUNIT[element.tag]
    assert needed <= set(element.attrib) <= needed | allowed, element.tag
    if children:
        assert not (element.text or "").strip()
    for child in element:
        assert child.tag in children, f"{child.tag} in {element.tag}"
        _held(child)
