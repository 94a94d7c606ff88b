"""A topic permission and its exchange: from 4.3 the one can't be without the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.rabbitmq.e2e.project import Project

pytestmark = pytest.mark.newest

TOGETHER = "4.3"
VHOST = "/shop"
EXCHANGE = "rabbit/exchanges/%2Fshop/orders"
TOPIC = "rabbit/topicPermissions/%2Fshop/a/orders"
# By address the permission would come before the exchange that it needs.
GRANTED: dict[str, Any] = {"topicPermissions": {"a": {"orders": {"write": "^eu"}, "amq.topic": {"read": "^eu"}}}}


def declare(project: Project, exchange: str | None = "topic", removed: dict[str, object] | None = None) -> None:
    exchanges = {"exchanges": {"orders": {"type": exchange}}} if exchange else {}
    project.declare({"users": {"a": {}}, "vhosts": {VHOST: {**exchanges, **GRANTED}}}, removed)


def granted(project: Project) -> set[str]:
    return {row["exchange"] for row in project.server.management.get("topic-permissions", VHOST, "a")}


def test_both_are_made_in_one_apply(project: Project) -> None:
    declare(project)
    project.converge()
    assert granted(project) == {"orders", "amq.topic"}


def test_without_its_exchange_a_plan_is_refused_where_the_server_would(project: Project) -> None:
    declare(project, None)
    if project.server.since(TOGETHER):
        ran = project.plan(code=3)
        assert "error[MQ500]" in ran.err, ran.err
        assert EXCHANGE in ran.err
    else:
        assert "warning[MQ500]" in project.plan().err
        project.converge()


def test_an_exchange_that_goes_says_which_go_with_it(project: Project) -> None:
    declare(project)
    project.converge()
    server = project.server
    server.management.call("PUT", "users", "b", body={"password_hash": "", "tags": ""})
    body = {"exchange": "orders", "write": "", "read": ""}
    server.management.call("PUT", "topic-permissions", VHOST, "b", body=body)
    removed: dict[str, object] = {EXCHANGE: {}, TOPIC: {}}
    topics = {"topicPermissions": {"a": {"amq.topic": {"read": "^eu"}}}}
    project.declare({"users": {"a": {}}, "vhosts": {VHOST: topics}}, removed)
    told = project.plan().out
    assert ("2 topicPermissions would be deleted with it" in told) is server.since(TOGETHER), told
    project.converge()
    left = [row["user"] for row in server.management.get("topic-permissions") if row["exchange"] == "orders"]
    assert left == ([] if server.since(TOGETHER) else ["b"])


def test_what_goes_with_an_exchange_that_is_made_anew_is_made_anew(project: Project) -> None:
    declare(project)
    project.converge()
    vhost = {"exchanges": {"orders": {"type": "topic", "autoDelete": True, "lifecycle": {"replace": "recreate"}}}}
    project.declare({"users": {"a": {}}, "vhosts": {VHOST: {**vhost, **GRANTED}}})
    told = project.converge().out
    assert ("topic permission /shop/a orders" in told) is project.server.since(TOGETHER), told
    assert granted(project) == {"orders", "amq.topic"}
