"""The digest is what a reviewer approves: it differs whenever what would be done, or what it rests on, does."""

import json

import pytest

from tests.cli.conftest import Project
from tests.days import SOON

LIFECYCLE = "lifecycle: {replace: recreate, ignore: [config.retention.ms]}"
RECREATED = f"    orders.created: {{partitions: %d, config: {{retention.ms: %dd}}, {LIFECYCLE}}}\n"


def digest(project: Project) -> str:
    found = json.loads(project.mq("plan", "-o", "json").out)["digest"]
    assert isinstance(found, str)
    return found


def empty(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(messages=0, consumers=[]))


@pytest.mark.parametrize("consent", ["evenIf: [messages]", "evenIf: [consumers]", "evenIf: [messages, consumers]"])
def test_it_differs_when_a_delete_may_take_more(project: Project, consent: str) -> None:
    empty(project)
    kept = "    orders.cancelled: {partitions: 6}\n"
    project.topics(kept, "removed:\n  kafka/topics/orders.created: {reason: OPS-1}\n")
    careful = digest(project)
    project.topics(kept, f"removed:\n  kafka/topics/orders.created: {{{consent}, until: {SOON}}}\n")
    assert digest(project) != careful


def test_it_differs_when_something_else_is_made_again(project: Project) -> None:
    project.topics(RECREATED % (12, 1))
    empty(project)
    project.topics(RECREATED % (6, 1))
    same = digest(project)
    assert digest(project) == same
    project.topics(RECREATED % (6, 3))
    assert digest(project) != same


def test_it_differs_when_a_topic_was_made_again(project: Project) -> None:
    empty(project)
    project.topics("    orders.created: {partitions: 24}\n")
    before = digest(project)
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(identity="another"))
    assert digest(project) != before


def test_it_does_not_differ_for_reasons_places_labels_and_counts(project: Project) -> None:
    empty(project)
    kept = "    orders.cancelled: {partitions: 6}\n"
    project.topics(
        kept, f"removed:\n  kafka/topics/orders.created: {{evenIf: [messages], until: {SOON}, reason: OPS-1}}\n"
    )
    before = digest(project)
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(messages=7))
    project.topics(
        "# moved\n" + kept, f"removed:\n\n  kafka/topics/orders.created: {{evenIf: [messages], until: {SOON}}}\n"
    )
    assert digest(project) == before
