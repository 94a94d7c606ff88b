"""A cluster is known by the same name whichever of its nodes is asked."""

import pytest

from mqinfra.providers.rabbitmq.api.identity import Identity, identity

NODES = ["rabbit@b", "rabbit@a", "rabbit@c"]


@pytest.mark.parametrize("node", NODES)
def test_a_cluster_without_a_name_is_the_same_through_each_node(node: str) -> None:
    assert identity(f"{node}.example.com", node, NODES) == Identity("rabbit@a", ("rabbit@b", "rabbit@c"))
    assert identity(node, node, NODES) == Identity("rabbit@a", ("rabbit@b", "rabbit@c"))


@pytest.mark.parametrize(
    ("told", "node", "nodes"),
    [
        ("prod", "rabbit@a", NODES),
        ("rabbit@prod", "rabbit@a", NODES),
        ("mq@a", "rabbit@a", NODES),
        ("rabbit@a.example.com", "rabbit@a", ["rabbit@a"]),
        ("rabbit@a.example.com", "", []),
    ],
    ids=["named", "named like a node", "of another name", "alone", "may not be known"],
)
def test_what_it_is_called_holds_otherwise(told: str, node: str, nodes: list[str]) -> None:
    assert identity(told, node, nodes) == Identity(told)
