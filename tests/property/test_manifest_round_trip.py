"""What is written reads back as it was, whatever the names; and order in the text means nothing."""

import string
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mqinfra.manifest.loader import load
from mqinfra.manifest.project.variables import Variables
from mqinfra.manifest.text.encoding import decode
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.node import Map
from mqinfra.manifest.text.reader import read
from mqinfra.manifest.writer import write_text, write_topology, write_value
from mqinfra.model.address import Address
from mqinfra.model.declaration import Lifecycle, Tombstone
from mqinfra.model.printable import CI_COMMAND, all_shown
from mqinfra.model.span import Span
from mqinfra.model.spec import Spec
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.kafka.topics.spec import TopicSpec

CATALOGUE = installed()
TODAY = date(2026, 1, 31)
HOSTILE = st.sampled_from(
    [
        *("", "~", "null", "true", "no", "on", "<<", "-", "- a", "?", "? a", ":", ": a", "a:", "a: b", "a #b", "#a"),
        *("1", "1.5", "1e3", "0x1F", "010", "1_000", ".5", "5.", ".inf", "12:30", "2024-01-01", "=", "---", "..."),
        *("[a]", "{a}", "a, b", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "'a", '"a', "a'b", 'a"b', "a\\b"),
        *(" a", "a ", "\ta", "a\n", "a\nb", "\r", "\x85", "\u2028", "\x1b[31m", "\x7f", "\ufeff", "\u202e", "😀"),
        *("::error::x", "a ::error", "a::b", "##vso[x]y", "a ##[x]", "::ffff:10.0.0.1"),
        *("${size}", "$${size}", "$$${", "${", "$", "x-${a}-y", "a" * 1023, "b" * 1100, "cluster", "labels"),
    ]
)
TEXT = HOSTILE | st.text(max_size=12) | st.text(alphabet=string.punctuation + " a1\n", max_size=12)
SCALAR = (
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
)
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
LIFECYCLE = st.builds(
    Lifecycle,
    protect=st.booleans(),
    replace=st.sampled_from(["block", "recreate"]),
    ignore=st.lists(TEXT, max_size=2).map(tuple),
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "partitions": st.none() | st.integers(1, 1000),
    "replicationFactor": st.none() | st.integers(1, 5),
    "config": st.fixed_dictionaries(
        {}, optional={"retention.ms": st.none() | st.integers(0, 10**12), "cleanup.policy": st.just("compact,delete")}
    ),
}
SPEC = st.fixed_dictionaries({}, optional=FIELDS).map(TopicSpec.model_validate)
RESOURCES = st.dictionaries(
    st.tuples(st.sampled_from(["east", "west"]), TEXT),
    st.tuples(SPEC, st.dictionaries(TEXT, TEXT, max_size=2), LIFECYCLE),
    max_size=4,
)
HEAD = (
    "apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [t.yaml]\nenvironments: {e: {clusters: "
)


def parsed(text: str) -> Any:
    source, problem = decode("t.yaml", text.encode("utf-8"))
    found = [problem] if problem is not None else []
    documents = read(source, Limits(), found)
    assert not found, found
    return Variables({}, "e", found, Limits()).fill(*documents[0])


@given(st.dictionaries(TEXT, VALUE, min_size=1, max_size=4))
def test_any_value_reads_back_as_it_was_written(value: dict[str, Any]) -> None:
    back = parsed("".join(f"{line}\n" for line in write_value(value)))
    assert back == value
    assert repr(back) == repr(value)  # 1 is not True, and 1.0 is not 1


@given(TEXT)
def test_quotes_stand_exactly_where_they_are_needed(text: str) -> None:
    plain = not write_text(text).startswith('"')
    source, problem = decode("t.yaml", f"k:\n  {text}\n".encode("utf-8", "surrogatepass"))
    found = [problem] if problem is not None else []
    documents = read(source, Limits(), found)
    root = documents[0].root if not found and len(documents) == 1 else None
    taken_as_it_is = isinstance(root, Map) and root.keys() == {"k"} and root["k"] == text
    harmless = all_shown(text) and not CI_COMMAND.search(text)  # what nobody sees, or a runner obeys, is quoted too
    assert plain == (taken_as_it_is and harmless)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(resources=RESOURCES, one=st.booleans(), reason=TEXT)
def test_a_written_topology_loads_as_what_it_was(tmp_path: Path, resources: Any, one: bool, reason: str) -> None:  # noqa: FBT001 - hypothesis fills it
    types = {"east": "kafka"} if one else {"east": "kafka", "west": "kafka"}
    wanted = {Address(alias, "topics", (name,)): rest for (alias, name), rest in resources.items() if alias in types}
    stone = {
        Address("east", "topics", ("gone",)): Tombstone(Span("", 1, 1), frozenset({"messages"}), reason, until=TODAY)
    }
    text = write_topology("t", [(address, *rest) for address, rest in wanted.items()], types, stone)
    blocks = ", ".join(f"{alias}: {{type: kafka, sandbox: true}}" for alias in types)
    (tmp_path / "mqinfra.yaml").write_text(f"{HEAD}{{{blocks}}}}}}}\n")
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8", newline="")
    loaded = load(tmp_path, None, CATALOGUE, today=TODAY)
    assert loaded.diagnostics == ()
    declared = loaded.desired.declarations
    assert {address: (item.spec, dict(item.labels), item.lifecycle) for address, item in declared.items()} == wanted
    assert [_said(item.spec) for item in declared.values()] == [_said(wanted[address][0]) for address in declared]
    assert [item.reason for item in loaded.desired.tombstones.values()] == [reason]
    again = [(address, item.spec, item.labels, item.lifecycle) for address, item in declared.items()]
    assert write_topology("t", again, types, loaded.desired.tombstones) == text


def _said(spec: Spec) -> set[str]:
    """The fields that a spec sets; a map without anything in it says nothing, and is not written."""
    return {name for name in spec.model_fields_set if getattr(spec, name) != {}}


ENTRIES: dict[str, dict[str, Any]] = {
    "orders.a": {"partitions": 3, "deadLetter": True},
    "orders.b": {"config": {"retention.ms": "7d", "cleanup.policy": "delete"}, "labels": {"x": "y"}},
    "orders.c": {"partitions": 6, "lifecycle": {"protect": True}},
    "orders.d": {},
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(data=st.data())
def test_order_of_files_documents_and_keys_changes_nothing(tmp_path: Path, data: st.DataObject) -> None:
    names = data.draw(st.permutations(sorted(ENTRIES)))
    cut = data.draw(st.integers(0, len(names)))
    documents = []
    for group in (names[:cut], names[cut:]):
        topics = {name: dict(data.draw(st.permutations(list(ENTRIES[name].items())))) for name in group}
        body = {"metadata": {"name": "t"}, "kind": "Topology", "apiVersion": "mqinfra/v1", "kafka": {"topics": topics}}
        documents.append(dict(data.draw(st.permutations(list(body.items())))))
    text = [yaml.safe_dump(document, sort_keys=False) for document in documents]
    (tmp_path / "mqinfra.yaml").write_text(
        f"{HEAD}{{kafka: {{type: kafka, sandbox: true}}}}}}}}\n".replace("[t.yaml]", "[topology]")
    )
    emptied(tmp_path / "topology")
    if data.draw(st.booleans()):
        (tmp_path / "topology" / "one.yaml").write_text("---\n".join(text))
    else:
        for name, part in zip(data.draw(st.permutations(["a.yaml", "b.yml"])), text, strict=True):
            (tmp_path / "topology" / name).write_text(part)
    loaded = load(tmp_path, None, CATALOGUE)
    assert loaded.diagnostics == ()
    shown = {
        str(address): (item.spec.to_json(), dict(item.labels), item.lifecycle, [o.by for o in item.origins])
        for address, item in loaded.desired.declarations.items()
    }
    assert list(shown) == sorted(shown)
    assert shown.keys() == {*(f"kafka/topics/{name}" for name in ENTRIES), "kafka/topics/orders.a.dlq"}
    assert shown["kafka/topics/orders.b"][:2] == (
        {"config": {"cleanup.policy": "delete", "retention.ms": 604800000}},
        {"x": "y"},
    )


def emptied(folder: Path) -> None:
    if folder.exists():
        for path in folder.iterdir():
            path.unlink()
    folder.mkdir(exist_ok=True)
