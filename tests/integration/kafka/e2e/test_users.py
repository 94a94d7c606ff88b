"""SCRAM users on real brokers: made, rotated, deleted, and proven by logging in with them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._scram import (
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from tests.brokers.kafka.cluster import KafkaCluster
from tests.command import Ran
from tests.days import SOON
from tests.integration.kafka.e2e.hand import RECORDS
from tests.integration.kafka.e2e.rights import User
from tests.integration.kafka.e2e.shop import Shop, outcomes

DEPLOYER = "SHOP_KAFKA_PASSWORD"
BILLING = "BILLING_PASSWORD"
FIRST, SECOND = "first-of-billing-9c1", "second-of-billing-4f7"
_WITHIN = 30.0


class Users:
    """The project with one user, planned and applied by somebody who may do that."""

    def __init__(self, cluster: KafkaCluster, shop: Shop) -> None:
        self.deployer = User(cluster)
        self.deployer.allow(RECORDS, "READ", "WRITE")
        self.deployer.allow_on_cluster("DESCRIBE", "ALTER", "DESCRIBE_CONFIGS")
        self.name = f"billing-{self.deployer.name}"
        self._cluster, self._shop = cluster, shop
        shop.scope = f'{{topics: ["orders.*"], principals: ["User:{self.name}"]}}'
        shop.clusters(kafka=self.deployer.block(DEPLOYER))

    def declare(self, **fields: object) -> None:
        entry = json.dumps({name: value for name, value in fields.items() if value is not None})
        self._shop.topology(f"kafka:\n  users:\n    {self.name}: {entry}\n", "kafka")

    def run(self, *arguments: str, password: str | None = FIRST) -> Ran:
        env = {DEPLOYER: self.deployer.password} | ({BILLING: password} if password is not None else {})
        ran = self._shop.run(*arguments, env=env)
        for secret in (FIRST, SECOND, self.deployer.password):
            assert secret not in ran.text
        return ran

    def apply(self, *arguments: str, password: str | None = FIRST) -> Ran:
        return self.run("apply", "--auto-approve", "-o", "json", *arguments, password=password)

    def logs_in(self, password: str, mechanism: str = "SCRAM-SHA-512") -> bool:
        refused: list[KafkaError] = []
        admin = AdminClient(
            {
                "bootstrap.servers": self._cluster.sasl_bootstrap,
                "security.protocol": "SASL_PLAINTEXT",
                "sasl.mechanism": mechanism,
                "sasl.username": self.name,
                "sasl.password": password,
                "enable.metrics.push": False,
                "log_level": 0,
                "error_cb": refused.append,  # type: ignore[dict-item] # its stub knows plain values only
            }
        )
        deadline = time.monotonic() + _WITHIN
        while KafkaError._AUTHENTICATION not in [error.code() for error in refused]:
            assert time.monotonic() < deadline, "the login is neither refused nor let in"
            try:
                admin.list_topics(timeout=1.0)
            except KafkaException:
                admin.poll(0)
            else:
                return True
        return False

    def live(self) -> Mapping[str, int]:
        """Iterations by mechanism."""
        admin = AdminClient({"bootstrap.servers": self._cluster.bootstrap, "enable.metrics.push": False})
        asked: Any = admin.describe_user_scram_credentials([self.name])
        try:
            return {one.mechanism.name: one.iterations for one in asked[self.name].result().scram_credential_infos}
        except KafkaException:
            return {}


@pytest.fixture
def users(live: KafkaCluster, shop: Shop) -> Users:
    return Users(live, shop)


def test_a_user_is_made_and_can_log_in_and_a_second_apply_writes_nothing(
    live: KafkaCluster, users: Users, cell: set[str]
) -> None:
    users.declare(password={"env": BILLING, "revision": 1}, iterations=5000)
    ran = users.apply()
    assert (ran.code, set(outcomes(ran).values())) == (0, {"applied"}), ran.text
    assert users.live() == {"SCRAM_SHA_512": 5000}
    assert users.logs_in(FIRST)
    before = live.metadata_end_offset()
    again = users.apply()
    assert again.code == 0, again.text
    assert again.json()["results"] == []
    assert live.metadata_end_offset() == before
    cell.add(f"kafka-{live.line}/users/e2e-made")


@pytest.mark.slow
def test_mechanisms_are_added_and_removed_each_with_the_password(users: Users) -> None:
    users.declare(password={"env": BILLING})
    assert users.apply().code == 0
    users.declare(password={"env": BILLING}, mechanisms=["SCRAM-SHA-256", "SCRAM-SHA-512"])
    assert users.apply().code == 0
    assert users.live() == {"SCRAM_SHA_256": 4096, "SCRAM_SHA_512": 4096}
    assert users.logs_in(FIRST, "SCRAM-SHA-256")
    users.declare(mechanisms=["SCRAM-SHA-256"])
    ran = users.apply(password=None)
    assert ran.code == 0, ran.text
    assert users.live() == {"SCRAM_SHA_256": 4096}
    assert users.logs_in(FIRST, "SCRAM-SHA-256")


@pytest.mark.slow
def test_a_new_revision_rotates_also_when_the_plan_has_not_the_password(users: Users) -> None:
    users.declare(password={"env": BILLING, "revision": 1}, iterations=8192)
    assert users.apply().code == 0
    users.declare(password={"env": BILLING, "revision": 2})
    plan = users.run("plan", "-o", "json=plan.json", password=None)
    assert plan.code == 0, plan.text
    plan = users.run("plan", "-v", password=None)
    assert "rotated, revision 1 -> 2" in plan.text
    assert "logins with the old password are refused" in plan.text
    ran = users.run("apply", "plan.json", "-o", "json", password=SECOND)
    assert ran.code == 0, ran.text
    assert users.logs_in(SECOND)
    assert not users.logs_in(FIRST)
    assert users.live() == {"SCRAM_SHA_512": 8192}, "how often it is hashed stays"
    again = users.apply(password=None)
    assert (again.code, again.json()["results"]) == (0, []), again.text


@pytest.mark.slow
def test_another_password_than_the_declared_one_is_found_by_logging_in(users: Users) -> None:
    users.declare(password={"env": BILLING})
    assert users.apply().code == 0
    ran = users.run("plan", "--detailed-exitcode", password=SECOND)
    assert ran.code == 2, ran.text
    assert users.run("plan", "--detailed-exitcode", password=FIRST).code == 0
    without = users.run("plan", "--detailed-exitcode", "-v", password=None)
    assert without.code == 0, without.text
    assert "not compared" in without.text


@pytest.mark.slow
def test_a_user_without_an_entry_stays_until_a_line_names_it(users: Users, shop: Shop) -> None:
    users.declare(password={"env": BILLING})
    assert users.apply().code == 0
    shop.topology("kafka:\n  topics:\n    orders.a: {}\n", "kafka")
    users.deployer.allow("orders.a", "CREATE", "DESCRIBE_CONFIGS")
    assert users.apply().code == 0
    assert users.live()
    shop.topology(
        "kafka:\n  topics:\n    orders.a: {}\n"
        f"removed:\n  kafka/users/{users.name}: {{evenIf: [consumers], until: {SOON}, reason: OPS-1}}\n",
        "kafka",
    )
    ran = users.apply()
    assert ran.code == 0, ran.text
    assert users.live() == {}
    assert not users.logs_in(FIRST)


def test_the_caller_and_super_users_are_never_altered(users: Users, shop: Shop) -> None:
    text = (shop.root / "mqinfra.yaml").read_text()
    mine, other = users.deployer.name, users.name
    text = text.replace(f'"User:{other}"', f'"User:{mine}", "User:{other}"')
    (shop.root / "mqinfra.yaml").write_text(
        text.replace("{type: kafka,", f'{{type: kafka, superUsers: ["User:{other}"],')
    )
    shop.topology(
        "kafka:\n  users:\n"
        f"    {mine}: {{password: {{env: {BILLING}}}}}\n    {other}: {{password: {{env: {BILLING}}}}}\n",
        "kafka",
    )
    ran = users.apply("--adopt")
    assert ran.code == 3, ran.text
    assert f"mqinfra is logged in as `{mine}` itself" in ran.err
    assert f"`User:{other}` is a super user of the brokers" in ran.err
    assert users.live() == {}


def test_without_describe_on_the_cluster_users_can_not_be_seen_and_nothing_is_planned(
    users: Users,
) -> None:
    users.declare(password={"env": BILLING})
    users.deployer.deny_on_cluster("DESCRIBE")
    ran = users.apply()
    assert ran.code == 3, ran.text
    assert "this needs Describe on the cluster" in ran.err
    assert users.live() == {}


@pytest.mark.slow
def test_a_plan_warns_that_a_deleted_credential_may_take_others_along(users: Users) -> None:
    users.declare(password={"env": BILLING}, mechanisms=["SCRAM-SHA-256", "SCRAM-SHA-512"])
    assert users.apply().code == 0
    users.declare(password={"env": BILLING}, mechanisms=["SCRAM-SHA-512"])
    assert "may forget all users of SCRAM-SHA-256" in " ".join(users.run("plan", "-v").text.split())


def test_kafka_forgets_the_others_of_a_mechanism_at_a_restart_after_deletes(
    live: KafkaCluster, request: pytest.FixtureRequest
) -> None:
    """Where this fails, a later Kafka has been mended, and the warning may speak of the older ones alone.

    It depends on the order of names in a hash table of Java's, in which this one comes first at any size of it.
    """
    if not request.config.getoption("--matrix"):
        pytest.skip("a restart: pytest --matrix")
    admin = AdminClient({"bootstrap.servers": live.bootstrap, "enable.metrics.push": False})
    name, mechanism = "passing-7127", ScramMechanism.SCRAM_SHA_256
    before = live.credentials()
    made = UserScramCredentialUpsertion(name, ScramCredentialInfo(mechanism, 4096), b"x")
    for one in (made, UserScramCredentialDeletion(name, mechanism)):
        admin.alter_user_scram_credentials([one])[name].result()
    assert live.credentials() == before
    live.restart()
    assert {("admin", "SCRAM-SHA-256"), ("limited", "SCRAM-SHA-256")} <= live.forgotten


def test_a_right_for_somebody_who_is_no_user_is_warned_of_with_whom_was_meant(users: Users, shop: Shop) -> None:
    users.deployer.allow("orders.a", "CREATE", "DESCRIBE_CONFIGS")
    users.declare(password={"env": BILLING})
    assert users.apply().code == 0
    text = (shop.root / "mqinfra.yaml").read_text()
    (shop.root / "mqinfra.yaml").write_text(text.replace(f'"User:{users.name}"', '"User:billing-*"'))
    misspelt = users.name.replace("billing", "billing-x")
    shop.topology(
        f"kafka:\n  topics: {{orders.a: {{}}}}\n  users:\n    {users.name}: {{password: {{env: {BILLING}}}}}\n"
        f"  access: {{{misspelt}: {{produces: [orders.a]}}, {users.name}: {{produces: [orders.a]}}}}\n",
        "kafka",
    )
    said = " ".join(users.run("plan").err.split())
    assert f"MQ746]: the user `{misspelt}` is neither declared nor on the cluster" in said
    assert f"did you mean `{users.name}`?" in said
    assert said.count("MQ746]") == 1
