"""RabbitMQ on the sandbox, through the command line: what plans show, what exports write, what a file can stand for."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Project
from tests.command import Ran

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {rabbitmq: {vhosts: {/shop: {}, /: {names: ["orders.*"]}}, users: [email]}}
environments:
  local:
    clusters: {rabbitmq: {type: rabbitmq, sandbox: true}}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders, labels: {team: orders}}\n"
SHOP = """\
rabbitmq:
  vhosts:
    /shop:
      exchanges:
        orders: {type: topic}
      queues:
        orders.email:
          type: TYPE
          lifecycle: {replace: recreate}
          bindings: [{exchange: orders, routingKey: paid}]
        bills: {type: classic}
      policies:
        ttl: {pattern: ^orders, applyTo: queues, definition: {message-ttl: 1h}}
"""


@pytest.fixture
def shop(begin: Callable[[str], Project]) -> Path:
    return begin(PROJECT).root


def declare(shop: Path, text: str, name: str = "orders.yaml") -> None:
    (shop / "topology" / name).write_text(HEAD + text, encoding="utf-8")


def test_a_replaced_queue_gets_its_bindings_back_in_the_same_apply(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "classic"))
    assert mq("apply", "--auto-approve").code == 0
    declare(shop, SHOP.replace("TYPE", "quorum"))
    plan = mq("plan", "-o", "json=plan.json", "-o", "text")
    assert plan.code == 0, plan.out + plan.err
    assert "deleted with `rabbitmq/queues/%2Fshop/orders.email`, then recreated" in plan.out
    assert mq("apply", "plan.json").code == 0
    again = mq("plan", "--detailed-exitcode")
    assert again.code == 0, again.out
    # What was done is done: the same plan applied once more has nothing to do.
    once_more = mq("apply", "plan.json")
    assert once_more.code == 0, once_more.err


def test_a_change_of_a_policy_says_what_comes_into_force_on_which_queue(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "classic"))
    assert mq("apply", "--auto-approve").code == 0
    declare(shop, SHOP.replace("TYPE", "classic").replace("^orders,", "^bills,").replace("1h", "2h"))
    out = mq("plan").out
    assert "in force on orders.email: message-ttl 1h -> none" in out
    assert "in force on bills: message-ttl 2h" in out


def test_an_export_is_split_by_prefix_and_loads_again(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "classic"))
    assert mq("apply", "--auto-approve").code == 0
    ran = mq("export", "--split-by", "prefix", "--into", "exported")
    assert ran.code == 0, ran.err
    assert {path.name for path in (shop / "exported").iterdir()} == {
        "bills.yaml",
        "orders.yaml",
        "shop.yaml",
        "ttl.yaml",
    }
    (shop / "topology" / "orders.yaml").unlink()
    for path in (shop / "exported").iterdir():
        path.rename(shop / "topology" / path.name)
    again = mq("plan", "--detailed-exitcode")
    assert again.code == 0, again.out + again.err


def test_an_export_is_split_by_label(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "classic"))
    assert mq("apply", "--auto-approve").code == 0
    assert mq("export", "--split-by", "label:team", "--into", "exported").code == 0
    assert {path.name for path in (shop / "exported").iterdir()} == {"orders.yaml"}


def test_an_export_is_split_by_vhost_and_loads_again(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(
        shop,
        "rabbitmq:\n  users: {mailer: {}}\n  vhosts:\n"
        "    /shop: {queues: {orders: {type: quorum, deadLetter: true}}, access: {mailer: {consumes: [orders]}}}\n"
        "    /: {queues: {rest: {type: classic}}, policies: {ttl: {pattern: ., definition: {message-ttl: 1h}}}}\n",
    )
    scope = '{vhosts: {/shop: {}, /: {names: ["orders.*"]}}, users: [email]}'
    assert scope in PROJECT
    (shop / "mqinfra.yaml").write_text(PROJECT.replace(scope, "{wholeCluster: true}"))
    assert mq("apply", "--auto-approve").code == 0
    ran = mq("export", "--split-by", "vhost", "--into", "exported")
    assert ran.code == 0, ran.err
    files = {path.name: path.read_text(encoding="utf-8") for path in (shop / "exported").iterdir()}
    assert files.keys() == {"_.yaml", "shop.yaml", "no-vhost.yaml"}
    assert ("mailer" in files["no-vhost.yaml"], "orders" in files["shop.yaml"], "rest" in files["_.yaml"]) == (
        True,
    ) * 3
    assert "deadLetter: true" in files["shop.yaml"]
    (shop / "topology" / "orders.yaml").unlink()
    for name, text in files.items():
        (shop / "topology" / name).write_text(text, encoding="utf-8")
    again = mq("plan", "--detailed-exitcode")
    assert again.code == 0, again.out + again.err


def test_an_export_never_overwrites_a_file(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "classic"))
    assert mq("apply", "--auto-approve").code == 0
    before = (shop / "topology" / "orders.yaml").read_text()
    ran = mq("export", "--split-by", "prefix", "--into", "topology")
    assert ran.code == 1
    assert "MQ193" in ran.err
    assert {path.name for path in (shop / "topology").iterdir()} == {"orders.yaml"}
    assert (shop / "topology" / "orders.yaml").read_text() == before


def test_a_way_to_split_that_nobody_knows_names_those_that_there_are(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "classic"))
    for written, means in (
        ("team", "accepted: `prefix`, `vhost`, or `label:KEY`"),
        ("vhosts", "did you mean `vhost`?"),
    ):
        ran = mq("export", "--split-by", written, "--into", "x")
        assert ran.code == 64
        assert means in ran.err


@pytest.mark.parametrize("options", [("--split-by", "prefix"), ("--into", "x"), ("--split-by", "team", "--into", "x")])
def test_options_of_a_split_export_go_together(options: tuple[str, ...], shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "classic"))
    ran = mq("export", *options)
    assert ran.code == 64
    assert not (shop / "x").exists()


def test_two_teams_write_into_one_vhost(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, "rabbitmq:\n  vhosts:\n    /shop: {limits: {max-queues: 5}}\n", "platform.yaml")
    declare(shop, "rabbitmq:\n  vhosts:\n    /shop: {queues: {orders: {type: classic}}}\n", "orders.yaml")
    declare(shop, "rabbitmq:\n  vhosts:\n    /shop: {queues: {bills: {type: classic}}}\n", "bills.yaml")
    ran = mq("apply", "--auto-approve")
    assert ran.code == 0, ran.err
    assert "3 applied" in ran.out


def definitions(**changed: object) -> str:
    base: dict[str, object] = {
        "rabbit_version": "3.10.8",
        "rabbitmq_version": "3.10.8",
        "users": [],
        "vhosts": [{"name": "/shop"}],
        "permissions": [],
        "topic_permissions": [],
        "parameters": [],
        "global_parameters": [{"name": "cluster_name", "value": "rabbit@prod"}],
        "policies": [
            {
                "vhost": "/shop",
                "name": "ttl",
                "pattern": "^orders",
                "apply-to": "queues",
                "priority": 0,
                "definition": {"message-ttl": 3600000},
            }
        ],
        "queues": [
            {"name": name, "vhost": "/shop", "durable": True, "auto_delete": False, "arguments": arguments}
            for name, arguments in (("orders.email", {"x-queue-type": "quorum"}), ("bills", {}))
        ],
        "exchanges": [
            {
                "name": "orders",
                "vhost": "/shop",
                "type": "topic",
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
        ],
        "bindings": [
            {
                "source": "orders",
                "vhost": "/shop",
                "destination": "orders.email",
                "destination_type": "queue",
                "routing_key": "paid",
                "arguments": {},
            }
        ],
    }
    return json.dumps({key: value for key, value in {**base, **changed}.items() if value is not None})


def test_a_definitions_file_is_the_live_side(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "quorum"))
    (shop / "definitions.json").write_text(definitions(), encoding="utf-8")
    ran = mq("plan", "--against", "definitions.json", "--detailed-exitcode")
    assert ran.code == 0, ran.out + ran.err
    (shop / "definitions.json").write_text(definitions(bindings=[]), encoding="utf-8")
    ran = mq("plan", "--against", "definitions.json", "--detailed-exitcode")
    assert ran.code == 2
    assert "orders --paid--> orders.email" in ran.out


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"users": "none"}, "whose `users` is not a list"),
        ({"queues": [{"name": "q"}]}, "of one vhost: export all vhosts"),
    ],
)
def test_a_definitions_file_that_is_not_whole_is_refused(
    changed: dict[str, object], said: str, shop: Path, mq: Callable[..., Ran]
) -> None:
    declare(shop, SHOP.replace("TYPE", "quorum"))
    (shop / "definitions.json").write_text(definitions(**changed), encoding="utf-8")
    ran = mq("plan", "--against", "definitions.json")
    assert ran.code == 1
    assert said in ran.err


def test_a_plan_against_definitions_is_never_applied(shop: Path, mq: Callable[..., Ran]) -> None:
    declare(shop, SHOP.replace("TYPE", "quorum"))
    (shop / "definitions.json").write_text(definitions(bindings=[]), encoding="utf-8")
    assert mq("plan", "--against", "definitions.json", "-o", "json=plan.json").code == 0
    ran = mq("apply", "plan.json")
    assert ran.code == 3
    assert "MQ306" in ran.err
