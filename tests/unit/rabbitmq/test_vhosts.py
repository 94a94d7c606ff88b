"""What vhosts may say, which calls change them, and what each version refuses."""

from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.providers.rabbitmq.io.vhost_reading import inherited, spec_of
from mqinfra.providers.rabbitmq.kinds.vhosts import VhostKind
from mqinfra.providers.rabbitmq.spec.vhost import LIMITS, VhostSpec, version_problem

SHOP = Address("rabbit", "vhosts", ("/shop",))
KIND = VhostKind()


def change(
    after: dict[str, JsonValue] | None, before: dict[str, JsonValue] | None, *paths: Path, version: str = "4.1.0"
) -> list[tuple[str, dict[str, Any]]]:
    """The calls for a change of fields."""
    action = Action.DELETE if after is None else Action.CREATE if before is None else Action.UPDATE
    wanted = VhostSpec.model_validate(after or {}).fields()
    paths = paths or tuple(path for path, value in wanted.items() if value is not None)
    differences = tuple(FieldDifference(path=path, after=wanted.get(path)) for path in paths)
    found = Change(SHOP, action, Reason.DIFFERS, differences, before, after)
    requests = KIND.requests([found], Facts(cluster_id="c", version=version))
    return [(request.api, dict(body)) for request in requests for body in request.body.values()]


def test_a_new_vhost_is_made_and_then_limited() -> None:
    after: dict[str, JsonValue] = {
        "tags": ["b", "a"],
        "defaultQueueType": "quorum",
        "limits": {"max-queues": 5, "max-connections": None},
        "deletionProtection": True,
    }
    assert change(after, None) == [
        ("PUT /api/vhosts/{name}", {"tags": "a,b", "default_queue_type": "quorum"}),
        ("PUT /api/vhost-limits/{vhost}/max-queues", {"value": 5}),
        ("POST /api/vhosts/{name}/deletion/protection", {}),
    ]


@pytest.mark.parametrize(
    ("path", "calls"),
    [
        (("description",), [("PUT /api/vhosts/{name}", {"description": "x"})]),
        (("limits", "max-queues"), [("PUT /api/vhost-limits/{vhost}/max-queues", {"value": 5})]),
        (("limits", "max-connections"), [("DELETE /api/vhost-limits/{vhost}/max-connections", {})]),
        (("deletionProtection",), [("DELETE /api/vhosts/{name}/deletion/protection", {})]),
    ],
)
def test_only_what_differs_is_sent(path: Path, calls: list[tuple[str, dict[str, Any]]]) -> None:
    after: dict[str, JsonValue] = {
        "description": "x",
        "limits": {"max-queues": 5, "max-connections": None},
        "deletionProtection": False,
    }
    assert change(after, {"description": "y"}, path) == calls


def test_the_default_queue_type_has_another_name_before_3_11_12() -> None:
    [(_, body)] = change({"defaultQueueType": "quorum"}, None, version="3.10.8")
    assert body == {"defaultqueuetype": "quorum"}


def test_a_delete_is_one_call() -> None:
    assert change(None, {}) == [("DELETE /api/vhosts/{name}", {})]


@pytest.mark.parametrize(
    ("wanted", "before", "version", "words"),
    [
        ({"defaultQueueType": "quorum"}, None, (3, 9, 1), "needs RabbitMQ 3.10, and this is 3.9.1"),
        ({"defaultQueueType": "quorum"}, {}, (3, 10, 8), "needs RabbitMQ 3.11.12, and this is 3.10.8"),
        ({"defaultQueueType": "quorum"}, {"defaultQueueType": "stream"}, (3, 11, 11), "needs RabbitMQ 3.11.12"),
        ({"deletionProtection": True}, None, (4, 0, 5), "needs RabbitMQ 4.0.9, and this is 4.0.5"),
        ({"defaultQueueType": "quorum"}, None, (3, 10, 8), ""),
        ({"defaultQueueType": "quorum"}, {"defaultQueueType": "quorum"}, (3, 10, 8), ""),
        ({"defaultQueueType": "quorum"}, {"defaultQueueType": "stream"}, (3, 11, 12), ""),
        ({"deletionProtection": False}, None, (3, 8), ""),
        ({"deletionProtection": True}, None, (4, 0, 9), ""),
        ({"deletionProtection": True}, None, (4, 0), ""),
        ({"deletionProtection": True, "defaultQueueType": "stream"}, None, (), ""),
    ],
)
def test_what_a_version_can_not_do_is_said_with_both_versions(
    wanted: dict[str, Any], before: dict[str, Any] | None, version: tuple[int, ...], words: str
) -> None:
    was = VhostSpec.model_validate(before) if before is not None else None
    found = version_problem(VhostSpec.model_validate(wanted), was, version)
    if words:
        assert found is not None
        assert words in found.message
    else:
        assert found is None


def test_a_protected_vhost_is_not_deleted() -> None:
    found = Change(SHOP, Action.DELETE, Reason.TOMBSTONE)
    answer = KIND.simulate(found, VhostSpec(deletion_protection=True), Facts(cluster_id="c", version="4.1"))
    assert isinstance(answer, Problem)
    assert "protected from deletion" in answer.message
    assert KIND.simulate(found, VhostSpec(), Facts(cluster_id="c", version="4.1")) is None


@pytest.mark.parametrize("tags", [["a,b"], [" a"], [""]])
def test_a_tag_that_the_server_would_change_is_refused(tags: list[str]) -> None:
    with pytest.raises(ValidationError, match="is not a valid tag"):
        VhostSpec.model_validate({"tags": tags})


@pytest.mark.parametrize("value", [-2, "5", 5.0, True])
def test_a_limit_is_a_whole_number_or_minus_one(value: JsonValue) -> None:
    """3.10 takes -2, which limits nothing and says so nowhere."""
    setting = LIMITS.get("max-queues")
    assert setting is not None
    assert isinstance(setting.parse(value), Problem)
    assert setting.parse(-1) == -1


def test_what_nobody_set_is_not_in_the_spec() -> None:
    row = {"name": "v", "description": "", "tags": [], "default_queue_type": "undefined", "metadata": {}}
    assert spec_of(row, {}).to_json() == {}
    full = {"description": "d", "tags": ["b", "a"], "default_queue_type": "quorum", "protected_from_deletion": True}
    assert spec_of(full, {"max-queues": 1}).to_json() == {
        "description": "d",
        "tags": ["a", "b"],
        "defaultQueueType": "quorum",
        "deletionProtection": True,
        "limits": {"max-queues": 1},
    }


def test_the_node_may_say_which_queues_are_the_default_from_3_12_on() -> None:
    assert inherited((3, 10, 8))["defaultQueueType",] == "classic"
    assert ("defaultQueueType",) not in inherited((3, 12, 0))


@pytest.mark.parametrize("name", ["/", "a/b", "%2F", "@ é", "amq.x"])
def test_names_of_vhosts_may_be_nearly_anything(name: str) -> None:
    assert KIND.name_problem(Address("rabbit", "vhosts", (name,))) is None


@pytest.mark.parametrize("name", ["", "..", "a\nb", "x" * 256])
def test_names_that_can_not_be_reached_are_refused(name: str) -> None:
    assert KIND.name_problem(Address("rabbit", "vhosts", (name,))) is not None
