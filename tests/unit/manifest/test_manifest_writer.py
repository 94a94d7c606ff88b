"""The canonical form: what `render` and `export` print."""

import pytest

from mqinfra.manifest.text.scalar import resolve
from mqinfra.manifest.writer import write_text, write_topology
from mqinfra.model.address import Address
from mqinfra.model.declaration import Lifecycle, Tombstone
from mqinfra.model.span import Span
from mqinfra.providers.kafka.topics.spec import TopicSpec


def test_a_topology_is_written_in_block_style_sorted_and_without_what_is_implied() -> None:
    spec = TopicSpec.model_validate(
        {"partitions": 12, "config": {"retention.ms": 604800000, "cleanup.policy": "delete"}}
    )
    resources = [
        (Address("kafka", "topics", ("orders.paid",)), TopicSpec(), {}, Lifecycle()),
        (
            Address("kafka", "topics", ("orders.created",)),
            spec,
            {"team": "orders", "no": "12:30"},
            Lifecycle(protect=True, ignore=("config",)),
        ),
        (Address("kafka", "topics", ("1",)), TopicSpec(partitions=None), {}, Lifecycle()),
    ]
    removed = {Address("kafka", "topics", ("old",)): Tombstone(Span("", 1, 1), frozenset({"messages"}), "OPS-1: gone")}
    assert write_topology("orders", resources, {"kafka": "kafka"}, removed) == (
        "apiVersion: mqinfra/v1\n"
        "kind: Topology\n"
        "metadata:\n"
        "  name: orders\n"
        "\n"
        "kafka:\n"
        "  topics:\n"
        '    "1":\n'
        "      partitions: null\n"
        "    orders.created:\n"
        "      partitions: 12\n"
        "      config:\n"
        "        cleanup.policy: delete\n"
        "        retention.ms: 604800000\n"
        "      labels:\n"
        "        no: 12:30\n"
        "        team: orders\n"
        "      lifecycle:\n"
        "        protect: true\n"
        "        ignore:\n"
        "          - config\n"
        "    orders.paid: {}\n"
        "\n"
        "removed:\n"
        "  kafka/topics/old:\n"
        "    evenIf:\n"
        "      - messages\n"
        '    reason: "OPS-1: gone"\n'
    )


def test_two_clusters_of_a_type_are_two_documents() -> None:
    none: dict[str, str] = {}
    resources = [(Address(alias, "topics", ("a",)), TopicSpec(), none, Lifecycle()) for alias in ("west", "east")]
    text = write_topology("t", resources, {"east": "kafka", "west": "kafka"})
    assert [line for line in text.splitlines() if "cluster" in line or line == "---"] == [
        "  cluster: east",
        "---",
        "  cluster: west",
    ]


def test_nothing_is_written_as_an_empty_topology() -> None:
    assert write_topology("t", [], {}) == "apiVersion: mqinfra/v1\nkind: Topology\nmetadata:\n  name: t\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("no", "no"),
        ("0755", "0755"),
        ("User:billing", "User:billing"),
        ("true", '"true"'),
        ("1e3", '"1e3"'),
        ("a: b", '"a: b"'),
        ("{shop}:activity", '"{shop}:activity"'),
        ('say "x"', 'say "x"'),
        ("tab\there", '"tab\\there"'),
        ("\x1b[31m", '"\\x1B[31m"'),
        ("\u2028", '"\\u2028"'),
        ("caf\u00e9 \U0001f600", "caf\u00e9 \U0001f600"),
    ],
)
def test_text_is_quoted_only_where_it_would_be_read_as_something_else(text: str, written: str) -> None:
    assert write_text(text) == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, word) for word in ("on", "off", "yes", "NO", "12:30", "010", "0755", "0x1F", "0o17", "1_000", ".inf")),
        *((word, word) for word in ("2024-01-01", ".nan", "1.2.3", "-", "+", ".", "1e", "--1", "e3", "tRUE")),
        *(("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None)),
        *(("0", 0), ("-0", 0), ("+12", 12), ("9007199254740993", 9007199254740993)),
        *(("3.10", 3.1), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-1.5E-3", -0.0015)),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says_without_its_traps(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)
