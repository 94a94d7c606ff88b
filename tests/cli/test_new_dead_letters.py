"""What is made first where a queue gets dead letters: the policy before new queues, their way before one that is there.

A server matches each policy that is written against all queues that are there, so that many are written faster before
the queues are.
"""

from collections.abc import Callable, Mapping

import pytest

from tests.cli.conftest import Project
from tests.cli.test_no_longer_declared import PROJECT, plan_of, vhost

LETTERS, POLICY = "queues/%2Fshop/q.dlq", "policies/%2Fshop/q.policy"


@pytest.fixture
def rabbit(begin: Callable[[str], Project]) -> Project:
    return begin(PROJECT)


def needs(project: Project, *options: str) -> Mapping[str, set[str]]:
    """What has to be done before each change, within the cluster."""
    changes = plan_of(project, *options)["changes"]
    within = [(change["address"].partition("/")[2], change["needs"]) for change in changes]
    return {name: {need.partition("/")[2] for need in some} for name, some in within}


@pytest.mark.parametrize("sugar", ["deadLetter: true", "deadLetter: {queue: q.dlq}}, q.dlq: {type: quorum"])
def test_a_new_queue_waits_for_its_dead_letters_and_their_policy_waits_for_neither(rabbit: Project, sugar: str) -> None:
    rabbit.topology(vhost(f"queues: {{q: {{type: quorum, {sugar}}}}}"))
    found = needs(rabbit)
    assert found["queues/%2Fshop/q"] >= {LETTERS, POLICY}
    assert LETTERS not in found[POLICY]


def test_a_policy_waits_for_where_it_leads_what_is_in_a_queue_that_is_there(rabbit: Project) -> None:
    rabbit.topology(vhost("queues: {q: {type: quorum}}"))
    assert rabbit.mq("apply", "--auto-approve").code == 0
    rabbit.topology(vhost("queues: {q: {type: quorum, deadLetter: true}}"))
    assert LETTERS in needs(rabbit)[POLICY]


def test_a_policy_for_queues_of_which_one_is_there_waits(rabbit: Project) -> None:
    rabbit.topology(vhost("queues: {q: {type: quorum}}"))
    assert rabbit.mq("apply", "--auto-approve").code == 0
    shared = "{type: quorum, deadLetter: {queue: q.dlq}}"
    rabbit.topology(vhost(f"queues: {{q: {shared}, p: {shared}, q.dlq: {{type: quorum}}}}"))
    found = needs(rabbit)
    assert LETTERS in found["policies/%2Fshop/p.policy"]
    assert found["queues/%2Fshop/p"] >= {LETTERS, "policies/%2Fshop/p.policy"}


def test_a_selected_queue_brings_its_policy_and_where_its_dead_letters_go(rabbit: Project) -> None:
    rabbit.topology(vhost("queues: {q: {type: quorum, deadLetter: true}}"))
    assert needs(rabbit, "--select", "rabbitmq/queues/%2Fshop/q").keys() >= {LETTERS, POLICY}
