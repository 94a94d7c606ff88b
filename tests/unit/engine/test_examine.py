"""Before the first write: a plan is for the cluster that it was made for, and for no other."""

from dataclasses import replace

import pytest

from mqinfra.engine.examine import examine
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.model.reading import Coverage, Facts, Reading, Source
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.sandbox.model_session import ModelSession

ORDERS = Address("kafka", "topics", ("orders",))
READING = Reading(
    alias="kafka",
    type="kafka",
    facts=Facts(cluster_id="one", endpoint="broker-1:9092"),
    source=Source.LIVE,
    coverage={"topics": Coverage.COMPLETE},
)
PLAN = Plan(
    tool_version="1",
    project="shop",
    environment="prod",
    clusters=(PlanCluster(alias="kafka", type="kafka", cluster_id="one"),),
    changes=(Change(address=ORDERS, action=Action.CREATE, reason=Reason.ABSENT, after={"partitions": 3}),),
)


def session(reading: Reading) -> ModelSession:
    return ModelSession("kafka", installed().providers["kafka"].kinds, Snapshot(reading))


def test_the_same_cluster_is_examined() -> None:
    found = examine(PLAN, {"kafka": session(READING)})
    assert found[ORDERS].remaining is not None
    assert not found[ORDERS].stale


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        (
            replace(READING, facts=Facts(cluster_id="two", endpoint="broker-1:9092")),
            "the plan was made for cluster id `one`, and `kafka` is `two`",
        ),
        (
            replace(READING, source=Source.SANDBOX),
            "the plan was made against a live cluster, and `kafka` is a sandbox",
        ),
        (replace(READING, denied={ORDERS: "no right to describe it"}), "no right to describe it"),
    ],
)
def test_what_is_not_what_the_plan_saw_is_stale(reading: Reading, says: str) -> None:
    with pytest.raises(UserError) as caught:
        examine(PLAN, {"kafka": session(reading)})
    assert caught.value.exit_code is ExitCode.STALE
    (found,) = caught.value.diagnostics
    assert says in found.message
