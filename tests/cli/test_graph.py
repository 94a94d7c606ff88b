"""`graph` draws what resources are to each other, of manifests without a cluster and of plans with what happens."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests.cli.conftest import Project
from tests.command import Ran

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope:
  kafka: {topics: ["shop.*"], principals: ["User:shop-*"]}
  rabbitmq: {vhosts: {/shop: {}}, users: ["shop-*"]}
  redis: {keys: ["shop:*"], users: ["shop-*"]}
environments:
  local:
    clusters:
      kafka: {type: kafka, sandbox: true}
      rabbit: {type: rabbitmq, sandbox: true}
      redis: {type: redis, sandbox: true}
"""
TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: shop, labels: {team: shop}}
kafka:
  topics:
    shop.orders: {partitions: 6, deadLetter: true}
  access:
    shop-billing: {consumes: [shop.orders], group: shop-billing}
    shop-web: {produces: [shop.orders]}
rabbitmq:
  users:
    shop-sender: {tags: [], password: {env: P}}
    shop-worker: {tags: [], password: {env: P}}
  vhosts:
    /shop:
      exchanges:
        orders: {type: topic, arguments: {alternate-exchange: rest}}
        rest: {type: fanout}
      queues:
        mails:
          type: quorum
          bindings: [{exchange: orders, routingKey: order.*.paid}]
          retry: {delays: [10s]}
          deadLetter: true
        others: {type: classic, bindings: [{exchange: rest}]}
      policies:
        ttl: {pattern: "^others$", applyTo: queues, definition: {message-ttl: 3600000}}
      access:
        sending: {user: shop-sender, publishes: [orders]}
        working: {user: shop-worker, consumes: [mails]}
redis:
  streams:
    "shop:feed": {groups: {feed: {startAt: "0"}}, deadLetter: true}
  access:
    shop-feed: {password: {env: P}, consumes: ["shop:feed"]}
    shop-web: {password: {env: P}, publishes: ["shop:feed"]}
"""
LINES = [
    ("kafka/topics/shop.orders", "dead letters", "kafka/topics/shop.orders.dlq"),
    ("kafka/topics/shop.orders", "consumes", "kafka/principals/User:shop-billing"),
    ("kafka/principals/User:shop-billing", "in group", "kafka/groups/shop-billing"),
    ("kafka/principals/User:shop-web", "produces", "kafka/topics/shop.orders"),
    ("rabbit/exchanges/%2Fshop/orders", "order.*.paid", "rabbit/queues/%2Fshop/mails"),
    ("rabbit/exchanges/%2Fshop/orders", "unrouted", "rabbit/exchanges/%2Fshop/rest"),
    ("rabbit/exchanges/%2Fshop/rest", "", "rabbit/queues/%2Fshop/others"),
    ("rabbit/policies/%2Fshop/ttl", "in force", "rabbit/queues/%2Fshop/others"),
    ("rabbit/users/shop-sender", "publishes", "rabbit/exchanges/%2Fshop/orders"),
    ("rabbit/queues/%2Fshop/mails", "consumes", "rabbit/users/shop-worker"),
    ("rabbit/queues/%2Fshop/mails.dlq", "consumes", "rabbit/users/shop-worker"),
    ("redis/streams/shop:feed", "group", "redis/groups/shop:feed/feed"),
    ("redis/streams/shop:feed", "dead letters", "redis/streams/shop:feed:dlq"),
    ("redis/streams/shop:feed", "consumes", "redis/users/shop-feed"),
    ("redis/users/shop-feed", "publishes", "redis/streams/shop:feed:dlq"),
    ("redis/users/shop-web", "publishes", "redis/streams/shop:feed"),
]
Mq = Callable[..., Ran]


@pytest.fixture
def shop(begin: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch) -> Path:
    project = begin(PROJECT)
    project.topology(TOPOLOGY, "shop.yaml")
    monkeypatch.setenv("P", "secret-1")
    return project.root


def planned(mq: Mq) -> dict[str, list[dict[str, str]]]:
    mq("plan", "--topology", "-o", "json=plan.json", "-q")
    found: dict[str, list[dict[str, str]]] = json.loads(Path("plan.json").read_text("utf-8"))["topology"]
    return found


def lines(topology: dict[str, list[dict[str, str]]]) -> dict[tuple[str, str, str], str]:
    return {(edge["source"], edge["word"], edge["target"]): edge["status"] for edge in topology["edges"]}


@pytest.mark.usefixtures("shop")
def test_the_lines_of_every_broker_are_drawn(mq: Mq) -> None:
    found = lines(planned(mq))
    assert [line for line in LINES if line not in found] == []
    assert set(found.values()) == {"create"}
    (entrance,) = [to for source, word, to in found if word == "rejected"]
    assert entrance.startswith("rabbit/exchanges/%2Fshop/mails.dlx.")
    assert [source for source, word, _ in found if word == "after 10s"] == ["rabbit/queues/%2Fshop/mails.retry.1.10s"]


@pytest.mark.usefixtures("shop")
def test_a_topology_is_part_of_a_plan_only_where_a_picture_is_asked_for(mq: Mq) -> None:
    with_it = planned(mq)
    digest = json.loads(Path("plan.json").read_text("utf-8"))["digest"]
    mq("plan", "-o", "json=plan.json", "-q")
    plain = json.loads(Path("plan.json").read_text("utf-8"))
    assert with_it
    assert "topology" not in plain
    assert plain["digest"] == digest
    ran = mq("graph", "plan.json")
    assert ran.code == 1
    assert "`mqinfra plan --topology -o json=plan.json`" in ran.err


def test_what_comes_goes_and_stays_is_told_apart(shop: Path, mq: Mq) -> None:
    assert mq("apply", "--auto-approve", "-q").code == 0
    assert set(lines(planned(mq)).values()) == {"unchanged"}
    text = TOPOLOGY.replace("order.*.paid", "order.*.sent").replace("partitions: 6", "partitions: 9")
    (shop / "topology" / "shop.yaml").write_text(text, encoding="utf-8")
    topology = planned(mq)
    changed = {line: status for line, status in lines(topology).items() if status != "unchanged"}
    ends = "rabbit/exchanges/%2Fshop/orders", "rabbit/queues/%2Fshop/mails"
    assert changed == {(ends[0], "order.*.sent", ends[1]): "create", (ends[0], "order.*.paid", ends[1]): "delete"}
    status = {node["address"]: node["status"] for node in topology["nodes"]}
    assert status["kafka/topics/shop.orders"] == "update"
    assert status["kafka/topics/shop.orders.dlq"] == "update"
    assert status["redis/streams/shop:feed"] == "unchanged"
    assert not [address for address in status if "/bindings/" in address or "/permissions/" in address]


@pytest.mark.usefixtures("shop")
def test_a_graph_of_manifests_looks_at_no_cluster(mq: Mq) -> None:
    ran = mq("graph")
    assert ran.code == 0
    assert ran.out.startswith("flowchart LR\n")
    assert '|"order.#42;.paid"|' in ran.out
    assert not any(f"classDef {word}" in ran.out for word in ("create", "update", "delete", "unchanged"))
    assert not Path(".mqinfra").exists()


@pytest.mark.usefixtures("shop")
def test_a_resource_is_drawn_with_its_neighbours(mq: Mq) -> None:
    def names(*arguments: str) -> set[str]:
        return set(re.findall(r'<br>([^"]+)"\]', mq("graph", *arguments).out))

    around = ("--around", "redis/streams/shop:feed")
    assert names(*around) == {"shop#58;feed", "shop#58;feed#58;dlq", "feed", "shop-feed", "shop-web"}
    assert names("--around", "kafka/topics/shop.orders") == {
        "shop.orders",
        "shop.orders.dlq",
        "User#58;shop-billing",
        "User#58;shop-web",
    }
    assert "mails.dlq" in names("--around", "rabbit/exchanges/%2Fshop/rest", "--steps", "4")
    ran = mq("graph", "--around", "redis/streams/shop:fed")
    assert ran.code == 64
    assert "did you mean `redis/streams/shop:feed`?" in ran.err


@pytest.mark.usefixtures("shop")
def test_selectors_narrow_a_graph_of_manifests_and_of_a_plan(mq: Mq) -> None:
    planned(mq)
    for of in ((), ("plan.json",)):
        kafka = mq("graph", *of, "--select", "kind:topics").out
        assert "shop.orders" in kafka
        assert "mails" not in kafka
        bindings = mq("graph", *of, "--select", "kind:bindings,name:*others*").out
        assert ">rest" in bindings.replace("+ ", "")
        assert "shop.orders" not in bindings
        assert "mails" not in mq("graph", *of, "--exclude", "cluster:rabbit").out


@pytest.mark.usefixtures("shop")
def test_a_plan_is_drawn_in_every_format(mq: Mq) -> None:
    planned(mq)
    assert "classDef create" in mq("graph", "plan.json").out
    assert 'color="#1a7f37"' in mq("graph", "plan.json", "-o", "dot").out
    image = fromstring(mq("graph", "plan.json", "-o", "svg").out)  # noqa: S314 - ours
    texts = [item.text for item in image.iter("{http://www.w3.org/2000/svg}text")]
    assert "+ shop.orders" in texts
    assert "topic · 6 partitions" in texts
    assert "order.*.paid" in texts


@pytest.mark.usefixtures("shop")
def test_a_missing_library_is_said_with_what_to_install(mq: Mq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    ran = mq("graph", "-o", "svg")
    assert ran.code == 1
    assert "MQ198" in ran.err
    assert "pip install 'mqinfra[pictures]'" in ran.err
    assert mq("graph", "-o", "dot").code == 0


def report(text: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


@pytest.mark.usefixtures("shop")
def test_a_plan_is_a_page_with_pictures_now_and_when_it_was_saved(mq: Mq) -> None:
    ran = mq("plan", "-o", "html=plan.html", "-o", "json=plan.json", "-q")
    assert ran.code == 0
    page = Path("plan.html").read_text("utf-8")
    assert report(page)["headline"] == "42 to create, 0 to update, 0 to replace, 0 to delete; 1 warning"
    assert report(page)["drawings"]
    assert mq("show", "plan.json", "-o", "html").out == page
    planned = mq("plan", "-o", "json=plain.json", "-q")
    assert planned.code == 0
    assert report(mq("show", "plain.json", "-o", "html").out)["drawings"] is None


@pytest.mark.usefixtures("shop")
def test_an_apply_is_a_page_with_how_it_ended(mq: Mq) -> None:
    ran = mq("apply", "--auto-approve", "-q", "-o", "html=apply.html")
    assert ran.code == 0
    page = report(Path("apply.html").read_text("utf-8"))
    assert page["applied"] is True
    assert page["headline"] == "42 applied, 0 failed, 0 unknown, 0 not attempted"
    assert page["drawings"]


@pytest.mark.usefixtures("shop")
def test_a_page_without_the_library_is_an_error_and_the_page_says_so(mq: Mq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    ran = mq("plan", "-o", "html=plan.html", "-q")
    assert ran.code == 1
    assert "MQ198" in ran.err
    assert "MQ198" in Path("plan.html").read_text("utf-8")
