"""`status --owners`: whose each thing on a cluster is, of all projects."""

import json

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base.codes import RECORDS
from mqinfra.providers.base.records import Stored
from mqinfra.providers.sandbox.records import SandboxStore
from tests.cli.sharing import Member, Sharing


@pytest.fixture
def shop(sharing: Sharing) -> Member:
    """One of two projects, on a cluster that has a topic of nobody's too."""
    sharing.topics("billing", "billing.*").apply()
    shop = sharing.topics("shop", "orders.*").apply()
    path = sharing.root / ".mqinfra" / "sandbox" / "prod" / "kafka.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["clusters"]["kafka"]["resources"]["kafka/topics/legacy"] = {"spec": {"partitions": 1}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return shop


def owners(member: Member) -> dict[str, list[tuple[str, bool]]]:
    ran = member.mq("status", "--owners", "-o", "json")
    clusters = {cluster["alias"]: cluster for cluster in json.loads(ran.out)["clusters"]}
    return {
        one["address"]: [(f"{claim['project']}/{claim['environment']}", claim["made"]) for claim in one["claims"]]
        for cluster in clusters.values()
        for one in cluster["resources"]
    }


def test_each_thing_is_listed_with_the_project_that_claims_it_or_nobody(shop: Member) -> None:
    assert owners(shop) == {
        "kafka/topics/billing.created": [("billing/prod", True)],
        "kafka/topics/legacy": [],
        "kafka/topics/orders.created": [("shop/prod", True)],
    } | {address: found for address, found in owners(shop).items() if not address.startswith("kafka/")}


def test_the_text_counts_per_project_with_its_scope_and_lists_what_nobody_owns_last(shop: Member) -> None:
    ran = shop.mq("status", "--owners")
    assert ran.code == 0
    kafka = ran.out.split("\n\nrabbitmq\n")[0].splitlines()
    assert kafka == [
        "shop/prod",
        "",
        "kafka",
        "  billing/prod  topics 1; may own topics billing.*",
        "  shop/prod     topics 1; may own topics orders.*",
        "  nobody        topics 1",
        "",
        "  billing/prod  kafka/topics/billing.created",
        "  shop/prod     kafka/topics/orders.created",
        "  nobody        kafka/topics/legacy",
    ]


def test_a_thing_with_several_claims_lists_all(sharing: Sharing) -> None:
    binding = [{"exchange": "ev", "queue": "q", "routingKey": "k"}]
    topology = {
        "rabbitmq": {
            "vhosts": {"/shop": {"exchanges": {"ev": {"type": "topic"}}, "queues": {"q": {}}, "bindings": binding}}
        }
    }
    scope = {"rabbitmq": {"vhosts": ["/shop"], "sharedWith": ["shop", "billing"]}}
    sharing.project("shop", scope, topology).apply()
    member = sharing.project("billing", scope, topology).apply()
    claims = owners(member)["rabbitmq/bindings/%2Fshop/exchange=ev,queue=q,routingKey=k"]
    assert claims == [("billing/prod", True), ("shop/prod", True)]
    assert "  billing/prod, shop/prod  rabbitmq/bindings/" in member.mq("status", "--owners").out


def test_a_record_of_another_thing_that_had_the_name_claims_nothing(shop: Member) -> None:
    path = shop.sharing.root / ".mqinfra" / "sandbox" / "prod" / "kafka.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["clusters"]["kafka"]["resources"]["kafka/topics/orders.created"]["identity"] = "made-again"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert owners(shop)["kafka/topics/orders.created"] == []


def test_records_that_cannot_be_read_are_named_and_claim_nothing(shop: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        SandboxStore,
        "load_others",
        lambda _: {Owner("billing", "prod"): Stored(exists=True, unavailable="no right to read it")},
    )
    ran = shop.mq("status", "--owners")
    assert ran.code == 0
    assert "  not read: records of `billing/prod`: no right to read it\n" in ran.out
    assert owners(shop)["kafka/topics/billing.created"] == []


def test_that_nobody_tells_who_has_records_is_said(shop: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: SandboxStore) -> dict[Owner, Stored]:
        raise UserError([RECORDS.at("no right to list them")])

    monkeypatch.setattr(SandboxStore, "load_others", refuse)
    found = json.loads(shop.mq("status", "--owners", "-o", "json").out)["clusters"]
    assert {tuple(cluster["unread"]) for cluster in found} == {("records of other projects: no right to list them",)}


def test_a_cluster_that_cannot_be_read_is_an_error_and_the_others_are_shown(shop: Member) -> None:
    path = shop.sharing.root / ".mqinfra" / "sandbox" / "prod" / "redis.json"
    path.write_text("half of a fi", encoding="utf-8")
    ran = shop.mq("status", "--owners")
    assert ran.code == 1
    assert "can't be used" in " ".join(ran.out.split())  # how it is wrapped depends on where the project lies
    assert "shop/prod     kafka/topics/orders.created" in ran.out
