"""An ACL that two projects declare is there until the last of them drops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.kafka.e2e.hand import Hand

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.integration.kafka.acls.conftest import RightsShop

ACL = "{{principal: User:shop-x, resource: topic, name: orders.a, operation: {}}}"


def become(shop: RightsShop, name: str, *operations: str) -> None:
    """Be the project of this name, and declare an ACL per operation."""
    path = shop.root / "mqinfra.yaml"
    lines = path.read_text().splitlines()
    lines = [f"metadata: {{name: {name}}}" if line.startswith("metadata:") else line for line in lines]
    path.write_text("\n".join(lines) + "\n")
    entries = "\n".join(f"    - {ACL.format(operation)}" for operation in operations)
    shop.topology(f"kafka:\n  acls:\n{entries}\n", "kafka")


def carry_out(shop: RightsShop) -> None:
    """Apply what a reviewer saw, what goes by itself with it."""
    plan = shop.run("plan", "-o", "json").json()
    ran = shop.run("apply", "--expect", plan["digest"])
    assert ran.code == 0, ran.text


def test_a_shared_acl_goes_with_the_last_project_that_declares_it(live_4: KafkaCluster, shop: RightsShop) -> None:
    hand = Hand(live_4)
    for name in ("shop", "billing"):
        become(shop, name, "Write", "Read")
        carry_out(shop)
    both = hand.acls("User:shop-x")
    assert {one.operation for one in both} == {"Write", "Read"}
    become(shop, "shop", "Write")
    assert "claimed by `billing/it`; only this project's claim is dropped" in " ".join(shop.run("plan").out.split())
    carry_out(shop)
    assert hand.acls("User:shop-x") == both
    become(shop, "billing", "Write")
    carry_out(shop)
    assert {one.operation for one in hand.acls("User:shop-x")} == {"Write"}
