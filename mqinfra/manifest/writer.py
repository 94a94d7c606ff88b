"""Writing manifests: canonical block style, one field per line, sorted. `render` and `export` print it.

Quotes stand exactly where our own reader would otherwise read something else, or a terminal or a CI runner would take a
text for more than that, so that `load(write(x)) == x` and a second writing gives the same bytes.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from mqinfra.manifest.assembly.attributes import OWN_FIELDS
from mqinfra.manifest.project.project import API_VERSION
from mqinfra.manifest.project.variables import escape
from mqinfra.manifest.shorthand import NO_SHORTHAND, Shorthand, common_labels, lift_equal, with_fields, without_repeats
from mqinfra.manifest.text.scalar import is_text
from mqinfra.manifest.units import Units, no_units, with_units
from mqinfra.model.address import Address
from mqinfra.model.declaration import Lifecycle, Tombstone
from mqinfra.model.frozen import dataclass
from mqinfra.model.printable import CI_COMMAND, all_shown, is_shown
from mqinfra.model.promises import FIELD, NO_PROMISES, Promises
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.placement import Placement

_PLAIN = Placement()
Resource = tuple[Address, Spec, Mapping[str, str], Lifecycle]
Notes = Mapping[Path, str]
"""What to say of fields of a resource, by path; of the whole under the empty one."""

_INDENT = "  "
_LONGEST_KEY = 1000
"""YAML lets a key without `?` go over at most 1024 characters."""

_ESCAPED = re.compile(rf'["\\]|[^\x20-\x7e]|{CI_COMMAND.pattern}')
_NEVER_FIRST = frozenset(",[]{}#&*!|>'\"%@`")
_FIRST_BEFORE_TEXT = frozenset("-?:")
_SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def write_topology(
    name: str,
    resources: Iterable[Resource],
    clusters: Mapping[str, str],
    removed: Mapping[Address, Tombstone] | None = None,
    placements: Mapping[str, Placement] = MappingProxyType({}),
    defaults: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    texts: Mapping[Address, Mapping[str, tuple[str, str]]] = MappingProxyType({}),
    notes: Mapping[Address, Notes] = MappingProxyType({}),
    short: Shorthand = NO_SHORTHAND,
    promises: Mapping[Address, Promises] = MappingProxyType({}),
    units: Units = no_units,
) -> str:
    """Write resources as a manifest.

    Args:
        name: name of the topology.
        resources: address, spec, labels and lifecycle of each.
        clusters: alias → broker type, of every cluster of the environment. A section says which cluster it is for
            when there are several of its type; then there is one document for each.
        removed: tombstones to write along.
        placements: where entries stand in a manifest, as `Catalogue.placements` has them.
        defaults: what the project has every entry of `BROKER/KIND` start from; entries say what they are without.
        texts: fields that stand in files, by address and field: the field that names the file, and the file.
        notes: comments on fields, by address.
        short: how they are written shorter than one by one.
        promises: what resources promise.
        units: what numbers count, so that `7d` is written for 604800000.
    """
    sections: dict[str, dict[str, Any]] = defaultdict(dict)
    alike: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    nested: dict[str, set[str]] = defaultdict(set)
    for held, placement in placements.items():
        broker, name_of_kind = held.split("/", 1)
        nested[f"{broker}/{placement.holder}"].add(name_of_kind)
    some = _written(resources, short)
    common = common_labels([item[2] for item in some]) if short.equal else {}
    for address, spec, every, lifecycle in _outer_first(some, placements, clusters):
        labels = {label: value for label, value in every.items() if label not in common}
        kind = f"{clusters.get(address.cluster)}/{address.kind}"
        placement = placements.get(kind, _PLAIN)
        section = sections[address.cluster]
        own = {} if labels == _given_labels(section, address, placement) else labels
        # What stands in another's entry is treated as that is, and has no room for a word of its own.
        treated = Lifecycle() if placement.inline_in else lifecycle
        entry = _named(_entry(spec), texts.get(address, {})) if spec is not None else {}
        entry |= _attributes(own, treated)
        entry = with_fields(entry, short.fields.get(address, {}))
        if promised := _promised(promises.get(address, NO_PROMISES), defaults.get(kind, {})):
            entry[FIELD] = promised
        if kind in defaults and spec is not None:
            _say_over(entry, spec, defaults[kind], {*OWN_FIELDS, *nested.get(kind, ())})
        if short.equal:
            without_repeats(entry, defaults.get(kind, {}))
        entry = with_units(entry, partial(units, kind))
        if short.equal:
            without_repeats(entry, defaults.get(kind, {}))
        if kind in short.equal and not placement.named_by and not placement.inline_in:
            alike[address.cluster, kind].append(entry)
        _place(section, address, placement, _noted(entry, notes[address]) if address in notes else entry)
    shared = _lifted(alike)
    documents = _documents(clusters, sections, shared) or [{}]
    if removed:
        documents[0]["removed"] = {str(address): _tombstone(removed[address]) for address in sorted(removed)}
    about = {"name": name, **({"labels": dict(sorted(common.items()))} if common else {})}
    head = {"apiVersion": API_VERSION, "kind": "Topology", "metadata": about}
    return "---\n".join(_document(head, body) for body in documents)


def _lifted(alike: Mapping[tuple[str, str], Sequence[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """What many entries of a cluster say alike, by alias and kind; it is taken out of them."""
    shared: dict[str, dict[str, Any]] = defaultdict(dict)
    for (alias, kind), entries in alike.items():
        lifted = lift_equal(entries)
        if lifted:
            shared[alias][kind] = lifted
    return shared


def _documents(
    clusters: Mapping[str, str],
    sections: Mapping[str, Mapping[str, Any]],
    shared: Mapping[str, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Put the sections of the clusters into documents, each with one cluster of a type, defaults before all."""
    aliases: dict[str, list[str]] = defaultdict(list)
    for alias in sorted(clusters):
        aliases[clusters[alias]].append(alias)
    documents: list[dict[str, Any]] = []
    defaults: list[dict[str, Any]] = []
    for broker, group in sorted(aliases.items()):
        for index, alias in enumerate(alias for alias in group if alias in sections):
            if index == len(documents):
                documents.append({})
                defaults.append({})
            several = {"cluster": alias} if len(group) > 1 else {}
            documents[index][broker] = {**several, **sections[alias]}
            defaults[index] |= shared.get(alias, {})
    return [{**({"defaults": said} if said else {}), **body} for said, body in zip(defaults, documents, strict=True)]


_Written = tuple[Address, Spec | None, Mapping[str, str], Lifecycle]


def _written(resources: Iterable[Resource], short: Shorthand) -> list[_Written]:
    """What has an entry, by address: resources that no other entry stands for, and entries that are sugar alone."""
    some: dict[Address, _Written] = {}
    made: dict[Address, list[Resource]] = defaultdict(list)
    for item in resources:
        if item[0] not in short.covered:
            some[item[0]] = item
        else:
            made[short.covered[item[0]]].append(item)
    for address in short.fields:
        if address not in some:
            lifecycles = {item[3] for item in made[address]}
            lifecycle = lifecycles.pop() if len(lifecycles) == 1 else Lifecycle()
            some[address] = (address, None, common_labels([item[2] for item in made[address]]), lifecycle)
    return sorted(some.values(), key=lambda item: item[0].text)


def _outer_first(
    some: Iterable[_Written], placements: Mapping[str, Placement], clusters: Mapping[str, str]
) -> list[_Written]:
    """What others stand in comes first, so that its own fields do too."""
    return sorted(
        some, key=lambda item: bool(placements.get(f"{clusters.get(item[0].cluster)}/{item[0].kind}", _PLAIN).holder)
    )


def _given_labels(section: Mapping[str, Any], address: Address, placement: Placement) -> Mapping[str, str]:
    """The labels that an entry has from the one in which it stands as sugar, where there is no room for its own."""
    labels: Mapping[str, str] = {}
    if placement.inline_in:
        labels = section.get(placement.inline_in, {}).get(address.path[0], {}).get("labels", {})
    return labels


def _place(section: dict[str, Any], address: Address, placement: Placement, entry: dict[str, Any]) -> None:
    """Put an entry where its kind's entries stand."""
    if placement.holder:
        section = section.setdefault(placement.holder, {}).setdefault(address.path[0], {})
    if placement.listed:
        section.setdefault(address.kind, []).append(entry)
        return
    if placement.labelled:
        labelled = section.setdefault(address.kind, {})
        pairs = dict(address.pairs)
        label = "-".join(pairs[name] for name in placement.named_by if name in pairs)
        labelled[address.name if label in labelled else label] = entry
        return
    names = address.path[1:] if placement.holder else (address.path or (address.name,))
    inner = section.setdefault(address.kind, {})
    for name in names[:-1]:
        inner = inner.setdefault(name, {})
    inner[names[-1]] = entry


@dataclass(frozen=True, slots=True)
class _Noted:
    """A value with a comment behind it."""

    value: Any
    note: str


class _NotedEntry(dict[str, Any]):
    """An entry with a comment behind its key."""

    note = ""


def _noted(entry: dict[str, Any], notes: Notes) -> dict[str, Any]:
    """Put comments behind fields, and behind the keys of those that hold the broker's own."""
    noted = _NotedEntry()
    noted.note = notes.get((), "")
    for name, value in entry.items():
        if (name,) in notes:
            noted[name] = _Noted(value, notes[name,])
        elif isinstance(value, Mapping):
            noted[name] = {
                key: _Noted(item, notes[name, key]) if (name, key) in notes else item for key, item in value.items()
            }
        else:
            noted[name] = value
    return noted


def write_value(value: Any, depth: int = 0) -> Iterator[str]:  # noqa: ANN401 - JSON of any placement
    """Write a mapping or list in block style, line by line, without line ends."""
    pad = _INDENT * depth
    if isinstance(value, Mapping):
        for key, item in value.items():
            written = write_text(escape(key), key=True)
            lead = f"{pad}{written}:" if len(written) <= _LONGEST_KEY else f"{pad}? {written}\n{pad}:"
            note = f"  # {item.note}" if isinstance(item, _Noted | _NotedEntry) and item.note else ""
            inner = item.value if isinstance(item, _Noted) else item
            if isinstance(inner, Mapping | list | tuple) and inner:
                yield f"{lead}{note}"
                yield from write_value(inner, depth + 1)
            else:
                yield f"{lead} {_scalar(inner)}{note}"
    else:
        for item in value:
            if isinstance(item, Mapping | list | tuple) and item:
                first, *rest = write_value(item, depth + 1)
                yield f"{pad}- {first[len(pad) + len(_INDENT) :]}"
                yield from rest
            else:
                yield f"{pad}- {_scalar(item)}"


def write_text(text: str, *, key: bool = False) -> str:
    """Write text plain where our reader takes it as it is, else in double quotes."""
    if _is_plain(text) and not (key and text == "<<"):
        return text
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _document(head: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    parts = [head, *({key: value} for key, value in body.items())]
    return "\n".join("".join(f"{line}\n" for line in write_value(part)) for part in parts)


def _entry(spec: Spec) -> dict[str, Any]:
    return {
        name: value
        for name, value in spec.to_json().items()
        if name not in spec.unwritten or value != spec.unwritten[name]
    }


def _attributes(labels: Mapping[str, str], lifecycle: Lifecycle) -> dict[str, Any]:
    """What an entry says beside its kind's own fields."""
    said = lifecycle.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {**({"labels": dict(sorted(labels.items()))} if labels else {}), **({"lifecycle": said} if said else {})}


def _promised(promises: Promises, default: Mapping[str, Any]) -> dict[str, Any]:
    """What a resource promises, with a null for what it would else promise by defaults."""
    own, base = promises.written(), default.get(FIELD) or {}
    said: dict[str, Any] = {**own, **{name: None for name in base if name not in own}}
    if isinstance(said.get("latency"), dict):
        said["latency"] |= {name: None for name in base.get("latency") or {} if name not in said["latency"]}
    return said


def _named(entry: dict[str, Any], texts: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Name files in place of the texts that they hold."""
    return {texts[key][0] if key in texts else key: texts[key][1] if key in texts else entry[key] for key in entry}


def _say_over(entry: dict[str, Any], spec: Spec, default: Mapping[str, Any], left: Container[str] = ()) -> None:
    """Say in an entry what defaults would else add to it or say otherwise: the value it has, or that it has none.

    Args:
        entry: the entry; it is changed.
        spec: the resource.
        default: what entries of its kind start from.
        left: names of the default that are left to it.
    """
    has = spec.to_json()
    fields = {field.alias or name for name, field in type(spec).model_fields.items()}
    for name, value in default.items():
        if name in left:
            continue
        if name in fields and isinstance(value, Mapping):
            own = entry.get(name, {})
            missing = {key: None for key in value if key not in own}
            if missing:
                entry[name] = {**own, **missing}
        elif name not in entry:
            # Of sugar only what it made is there, so that nothing is asked for here.
            entry[name] = has.get(name, False if value is True else None)


def _tombstone(stone: Tombstone) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    if stone.even_if:
        said["evenIf"] = sorted(stone.even_if)
    if stone.until is not None:
        said["until"] = stone.until.isoformat()
    if stone.identity:
        said["id"] = stone.identity
    if stone.reason:
        said["reason"] = stone.reason
    return said or None


def _scalar(value: Any) -> str:  # noqa: ANN401 - JSON of any placement
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return write_text(escape(value))
        case _:
            return "{}" if isinstance(value, Mapping) else "[]"


def _is_plain(text: str) -> bool:
    if not text or text != text.strip(" ") or not all_shown(text) or not is_text(text) or CI_COMMAND.search(text):
        return False
    first, second = text[0], text[1:2]
    if first in _NEVER_FIRST or (first in _FIRST_BEFORE_TEXT and second in ("", " ")):
        return False
    return ": " not in text and " #" not in text and not text.endswith(":")


def _escape(match: re.Match[str]) -> str:
    character, rest = match[0][0], match[0][1:]
    if is_shown(character) and not rest and character not in _SHORT_ESCAPES:
        return character
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    number = ord(character)
    escape = f"\\x{number:02X}" if number < 0x100 else f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"
    return escape + rest
