"""`policy:` of a project, and the `kind: Policy` document of an organisation."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.fields import NO_ENVIRONMENT, Fields, wrong_type
from mqinfra.manifest.project.project import no_documents, top_fields
from mqinfra.manifest.project.variables import Variables
from mqinfra.manifest.text.files import Files
from mqinfra.manifest.text.node import Document, Map
from mqinfra.model.code import CODE_ID
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.name_pattern import compiles
from mqinfra.model.policy import OFF, Bounds, Policy, PolicyRule
from mqinfra.model.setting import did_you_mean
from mqinfra.model.span import Path, Span
from mqinfra.model.unit import parse_bytes, parse_ms

_RULE = (
    "match",
    "environments",
    "severity",
    "message",
    "names",
    "labels",
    "required",
    "forbidden",
    "accepted",
    "limits",
)
_ASKS = ("names", "labels", "required", "forbidden", "accepted", "limits")
_SEVERITIES = tuple(severity.value for severity in Severity)
_Weight = tuple[str, str, Span]
"""A code, the word for how much its findings weigh, and where it stands."""
_NO_VARIABLES = "a policy can't use variables"


def parse_policy(fields: Fields, environments: tuple[str, ...]) -> Policy:
    """Read `policy:` of a project.

    Args:
        fields: the project.
        environments: its environments, which rules may name.
    """
    node = fields.mapping("policy")
    if node is None:
        return Policy()
    group = Fields(node, fields.node.key_place("policy"), "`policy`", fields.found)
    group.only(("rules", "severity"))
    weights = list(_weights(group, (*_SEVERITIES, OFF)))
    severities = {code: word for code, word, _ in weights}
    return Policy(tuple(_rules(group, environments)), MappingProxyType(severities), places=_places(weights))


def read_organisation(path: FilePath, files: Files) -> Policy:
    """Read an organisation's file. What can't be read of it is an error, so that nothing passes unseen.

    Args:
        path: the file, outside a pull request's reach.
        files: reads files.
    """
    before = len(files.found)
    documents = files.documents(path)
    if not documents:
        if len(files.found) == before:
            files.found.append(no_documents(files.shown(path), "Policy"))
        return Policy()
    root, at = documents[0]
    root = Variables({}, "", files.found, files.limits, refusal=_NO_VARIABLES).fill(root, at)
    fields = top_fields(Document(root, at), "Policy", files.found)
    if fields is None:
        return Policy()
    if len(documents) > 1:
        files.found.append(documents[1].place.report(codes.DOCUMENT, "a Policy must be one document"))
    fields.only(("apiVersion", "kind", "metadata", "rules", "severity"))
    weights = list(_weights(fields, _SEVERITIES))
    floors = {code: Severity(word) for code, word, _ in weights}
    rules = tuple(_rules(fields, None))
    return Policy(rules, floors=MappingProxyType(floors), places=_places(weights))


def together(organisation: Policy, project: Policy, found: list[Diagnostic]) -> Policy:
    """What both ask; the organisation's rules come first, and none of the project's may have a name of theirs."""
    taken = {rule.name for rule in organisation.rules}
    for rule in project.rules:
        if rule.name in taken:
            message = f"the organisation has a rule `{rule.name}` too"
            found.append(codes.CONFLICT.at(message, span=rule.span, help="give the project's rule another name"))
    places = MappingProxyType({**organisation.places, **project.places})
    return Policy((*organisation.rules, *project.rules), project.severities, organisation.floors, places=places)


def _places(weights: Iterable[_Weight]) -> Mapping[str, Span]:
    return MappingProxyType({code: span for code, _, span in weights})


def _weights(fields: Fields, words: tuple[str, ...]) -> Iterator[_Weight]:
    node = fields.mapping("severity")
    for code, word, key_place, value_place in node.entries() if node is not None else ():
        if CODE_ID.fullmatch(code) is None:
            fields.found.append(
                key_place.report(codes.WRONG_VALUE, f"`{code}` is not a code", help="write one such as MQ448")
            )
        elif word not in words:
            hint = did_you_mean(str(word), words)
            message = f"`{code}` under `severity` must be one of {', '.join(words)}"
            fields.found.append(value_place.report(codes.WRONG_VALUE, message, help=hint))
        else:
            yield code, str(word), key_place.span


def _rules(fields: Fields, environments: tuple[str, ...] | None) -> Iterator[PolicyRule]:
    """Read the rules; `environments` is None for an organisation, which does not know those of all projects."""
    node = fields.mapping("rules")
    if node is None:
        return
    group = Fields(node, fields.node.key_place("rules"), "`rules`", fields.found)
    for name, _, key_place, _ in node.entries():
        given = group.mapping(name, required=True)
        if given is None:
            continue
        rule = Fields(given, key_place, f"the rule `{name}`", fields.found)
        rule.only((*_RULE, *(("suppressible",) if environments is None else ())))
        if not any(ask in given for ask in _ASKS):
            message = f"the rule `{name}` asks for nothing"
            fields.found.append(key_place.report(codes.MISSING_FIELD, message, help=f"add one of {', '.join(_ASKS)}"))
            continue
        yield PolicyRule(
            name=name,
            span=key_place.span,
            where=rule.selector("match"),
            environments=frozenset(_environments(rule, environments)),
            severity=_severity(rule),
            message=rule.text("message") or "",
            names=_pattern(rule),
            labels=MappingProxyType(dict(_labels(rule))),
            required=tuple(_path(text) for text, _ in rule.texts("required")),
            forbidden=tuple(_path(text) for text, _ in rule.texts("forbidden")),
            accepted=MappingProxyType(dict(_accepted(rule))),
            bounds=MappingProxyType(dict(_bounds(rule))),
            organisation=environments is None,
            suppressible=environments is not None or rule.flag("suppressible"),
        )


def _path(text: str) -> Path:
    """A field, and below it a broker's own key, which may have dots."""
    field, dot, rest = text.partition(".")
    return (field, rest) if dot else (field,)


def _environments(rule: Fields, known: tuple[str, ...] | None) -> list[str]:
    if known is None:
        return [name for name, _ in rule.texts("environments")]
    return rule.among("environments", known, NO_ENVIRONMENT)


def _severity(rule: Fields) -> Severity:
    word = rule.text("severity")
    if word is not None and word not in _SEVERITIES:
        hint = did_you_mean(word, _SEVERITIES)
        rule.report("severity", codes.WRONG_VALUE, f"`severity` must be one of {', '.join(_SEVERITIES)}", hint)
        return Severity.ERROR
    return Severity(word) if word is not None else Severity.ERROR


def _pattern(rule: Fields) -> str:
    text = rule.text("names") or ""
    why = compiles(text) if text else ""
    if why:
        rule.report("names", codes.WRONG_VALUE, f"`names` is not a pattern: {why}", "see `mqinfra explain MQ640`")
        return ""
    return text


def _labels(rule: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A list of labels, or a mapping of labels to their accepted values."""
    value = rule.node.get("labels")
    if not isinstance(value, Map):
        yield from ((name, ()) for name, _ in rule.texts("labels"))
        return
    group = Fields(value, rule.node.key_place("labels"), "`labels`", rule.found)
    for name in value:
        yield name, tuple(text for text, _ in group.texts(name))


def _accepted(rule: Fields) -> Iterator[tuple[Path, tuple[Any, ...]]]:
    node = rule.mapping("accepted")
    for name, value, _, place in node.entries() if node is not None else ():
        if isinstance(value, list) and value and not any(isinstance(one, (Map, list)) for one in value):
            yield _path(name), tuple(value)
        else:
            rule.found.append(wrong_type(place, f"`{name}` under `accepted`", "a list of values", value))


def _bounds(rule: Fields) -> Iterator[tuple[Path, Bounds]]:
    node = rule.mapping("limits")
    if node is None:
        return
    group = Fields(node, rule.node.key_place("limits"), "`limits`", rule.found)
    for name in node:
        given = group.mapping(name, required=True)
        if given is None:
            continue
        limit = Fields(given, rule.place, f"`limits.{name}`", rule.found)
        limit.only(("min", "max"))
        least, most = (_number(limit, word) for word in ("min", "max"))
        yield _path(name), Bounds(least, most, (str(given.get("min", "")), str(given.get("max", ""))))


def _number(limit: Fields, word: str) -> float | None:
    value = limit.node.get(word)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    found = next((known for known in (parse_ms(str(value)), parse_bytes(str(value))) if known is not None), None)
    if found is None:
        message = f"`{word}` must be a number, a duration such as 7d or a size such as 10MB, got `{value}`"
        limit.report(word, codes.WRONG_VALUE, message)
    return found
