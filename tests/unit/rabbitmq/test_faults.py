"""What answers mean: refused, to be tried again, lost, gone already, or a missing right with its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.base.connecting.http_connection import Page
from mqinfra.providers.base.request import Accepted, Lost, Refused
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import closed, fault_of, to_result
from mqinfra.providers.rabbitmq.api.foreign_response import foreign_response_fault

PUT = Call("PUT", ("queues", "/shop", "orders"))
DELETE = Call("DELETE", ("queues", "/shop", "orders"))
WHERE = "rabbitmq (rabbit-1:15672)"


def refused(status: int, reason: str, call: Call = PUT) -> RabbitFault:
    return fault_of(call, status, {"error": "any", "reason": reason}, "shop")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
def test_a_path_keeps_its_segments_apart(segments: list[str]) -> None:
    path = Call("GET", tuple(segments)).path
    assert path.count("/") == 1 + len(segments)
    assert path.isascii()
    assert not set(path) & set("?#@ ")


@pytest.mark.parametrize("name", [".", "..", "\ud800"])
def test_names_that_a_path_can_not_carry_are_known(name: str) -> None:
    assert not Call("DELETE", ("queues", "/shop", name)).addressable
    assert Call("DELETE", ("queues", "/shop", name + "x")).addressable == (name != "\ud800")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (Answer(201), Accepted()),
        (refused(404, "Not Found", DELETE), Accepted("it was already gone")),
        (refused(404, "Not Found"), Refused("Not Found")),
        (refused(404, "vhost_not_found"), Refused("there is no vhost `/shop`")),
        (
            refused(400, "inequivalent arg 'x-max-length'"),
            Refused("inequivalent arg 'x-max-length'", conflict=True),
        ),
        (refused(500, "Internal Server Error"), Refused("Internal Server Error", retry=True)),
        (refused(503, "busy"), Refused("busy", retry=True)),
        (refused(429, "slow down"), Refused("slow down", retry=True)),
        (RabbitFault("no answer", Meaning.LOST), Lost("no answer")),
        (RabbitFault("nothing listens", Meaning.RETRY), Refused("nothing listens", retry=True)),
    ],
)
def test_results(answer: Answer | RabbitFault, result: object) -> None:
    assert to_result(answer) == result


def test_a_queue_whose_node_is_down_is_not_taken_for_gone() -> None:
    fault = refused(404, "home node 'rabbit@b' of durable queue 'orders' is down or inaccessible", DELETE)
    assert not fault.absent
    assert isinstance(to_result(fault), Refused)
    assert fault.retry
    by_amqp = closed("NOT_FOUND - home node 'rabbit@b' of durable queue 'orders' is down or inaccessible", 404)
    assert (by_amqp.absent, by_amqp.retry) == (False, True)


@pytest.mark.parametrize(
    "words",
    [
        "Could not declare queue 'orders' because the metadata store operation timed out",
        "Could not add binding due to timeout",
    ],
)
def test_what_a_cluster_without_majority_may_still_do_later_is_lost_and_not_refused(words: str) -> None:
    assert isinstance(to_result(refused(400, words)), Lost)
    told = closed("NOT_FOUND - failed to perform operation on queue 'orders' in vhost '/' due to timeout", 404)
    assert (told.absent, told.lost) == (False, True)


@pytest.mark.parametrize("words", ["cluster_not_formed", "{error,coordinator_unavailable}"])
def test_what_needs_more_nodes_than_are_up_is_tried_again(words: str) -> None:
    assert to_result(refused(400, f"Cannot declare it: {words}")) == Refused(f"Cannot declare it: {words}", retry=True)


@pytest.mark.parametrize(
    ("call", "reason", "words"),
    [
        (PUT, "Access refused.", "`shop` needs `configure` on `orders` in vhost `/shop`"),
        (Call("PUT", ("queues", "/shop", "amq.x")), "Access refused.", "names that begin with `amq.`"),
        (Call("GET", ("queues", "/shop")), "User not authorised", "may not look into vhost `/shop`"),
        (
            Call("POST", ("bindings", "/shop", "e", "events", "q", "orders")),
            "Access refused.",
            "needs `write` on `orders` and `read` on `events`",
        ),
        (Call("PUT", ("policies", "/shop", "p")), "not authorised to access object", "needs the tag `policymaker`"),
        (Call("PUT", ("vhosts", "/new")), "Not administrator user", "needs the tag `administrator`"),
        (Call("GET", ("nodes",)), "Not monitor user", "needs the tag `monitoring`"),
        (PUT, "Login failed", "refused the login of `shop`"),
        (PUT, "Not management user", "refused the login of `shop`"),
    ],
)
def test_a_missing_right_is_named(call: Call, reason: str, words: str) -> None:
    for status in (401, 403):
        fault = refused(status, reason, call)
        assert words in fault.message
        assert reason in fault.message
        assert fault.denied
        assert fault.help


@pytest.mark.parametrize(
    ("page", "words", "result"),
    [
        (
            Page(404, "text/html", "nginx", "", b"<html><title>404 Not\nFound</title>"),
            "web page `404 Not Found`",
            Refused,
        ),
        (Page(502, "text/html", "nginx", "", b"<html>"), "status 502 and a web page", Lost),
        (Page(200, "text/html", "", "", b"<html><title>Sign in</title>"), "web page `Sign in`", Lost),
        (Page(200, "application/json", "", "", b'{"a": '), "text that is not usable JSON", Lost),
        (Page(404, "", "", "", b""), "status 404 and nothing else", Refused),
        (
            Page(302, "", "", "https://u:hunter2@sso/login?token=hunter2", b""),
            "redirects `DELETE` calls to `https://sso`",
            Refused,
        ),
    ],
)
def test_an_answer_that_is_not_rabbitmqs_is_said_to_be(page: Page, words: str, result: type) -> None:
    fault = foreign_response_fault(DELETE, page, "rabbit-1:15672", WHERE)
    assert words in fault.message
    assert fault.status == 0
    assert not fault.absent
    assert isinstance(to_result(fault), result)
    assert "hunter2" not in str(fault)


def test_a_proxy_that_breaks_slashes_is_suspected() -> None:
    page = Page(404, "text/html", "Apache", "", b"<html>")
    assert "%2F" in " ".join(foreign_response_fault(PUT, page, "proxy:443", WHERE).help)
    plain = Call("GET", ("overview",))
    assert "%2F" not in " ".join(foreign_response_fault(plain, page, "proxy:443", WHERE).help)
