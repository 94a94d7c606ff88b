"""What AMQP and HTTP say of a queue makes figures that never miss messages or consumers that may be there."""

from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.call import Answer, Counts, Fault
from mqinfra.providers.rabbitmq.queue_consumers import consumers_of
from mqinfra.providers.rabbitmq.queue_figures import Statistics, combine, statistics_of

BOUND = (Address("r", "bindings", ("/",), (("exchange", "e"), ("queue", "q"))),)


@pytest.mark.parametrize(
    ("now", "kept", "messages", "consumers"),
    [
        pytest.param(Counts(0, 0), Statistics("classic", 0, 0), 0, 0, id="empty"),
        pytest.param(Counts(0, 0), Statistics("classic"), 0, 0, id="just-made"),
        pytest.param(Counts(3, 0), Statistics("classic"), 3, 0, id="just-made-and-filled"),
        pytest.param(Counts(2, 1), Statistics("classic", 5, 3, ("a",)), 5, 1, id="held-by-a-consumer"),
        pytest.param(Counts(0, 1), Statistics("classic", 5, 0, ("a",)), 5, 1, id="taken-since"),
        pytest.param(Counts(0, 0), Statistics("classic", 5, 0), 0, 0, id="drained-since"),
        pytest.param(Counts(0, 0), Statistics("quorum", 2, 2), 2, 0, id="held-without-a-consumer"),
        pytest.param(Counts(0, 1), Statistics("quorum"), None, 1, id="consumed-and-no-statistics"),
        pytest.param(Counts(4, 1), Statistics("quorum"), 4, 1, id="consumed-ready-and-no-statistics"),
        pytest.param(Counts(0, 0), Statistics("quorum", 0, 0, ("a", "b")), 0, 0, id="consumers-left"),
        pytest.param(Counts(0, 0), Statistics("stream"), None, None, id="stream-without-statistics"),
        pytest.param(Counts(0, 0), Statistics("stream", 0, 0), 0, 0, id="empty-stream"),
        pytest.param(Counts(0, 0), Statistics("stream", 7, 0, ("a",)), 7, 1, id="stream-of-which-amqp-knows-nothing"),
        pytest.param(Counts(9, 0), Statistics("stream", 7, 0), 9, 0, id="stream-that-grows"),
        pytest.param(Fault("no way"), Statistics("classic", 0, 0), None, None, id="amqp-out-of-reach"),
    ],
)
def test_figures(now: Counts | Fault, kept: Statistics, messages: int | None, consumers: int | None) -> None:
    figures = combine(now, kept, BOUND)
    assert figures.messages == messages
    assert (None if figures.consumers is None else len(figures.consumers)) == consumers
    assert figures.attached == BOUND
    assert figures.details or figures.messages is not None


def test_a_consumer_that_came_since_counts_without_a_name() -> None:
    figures = combine(Counts(0, 2), Statistics("classic", 0, 0, ("mailer",)), BOUND)
    assert figures.consumers == ("mailer", "not named yet")


def test_bindings_that_can_not_be_read_are_told() -> None:
    figures = combine(Counts(0, 0), Statistics("classic", 0, 0), None)
    assert (figures.attached, figures.details) == ((), ("its bindings can't be read",))


@pytest.mark.parametrize("body", [None, [], "x", {"messages": True}, {"consumer_details": "x"}])
def test_odd_answers_give_no_figures(body: Any) -> None:
    found = statistics_of(Answer(200, body), ())
    assert (found.messages, found.unconfirmed) == (None, None)
    assert consumers_of(Answer(200, body)) == []


def test_a_refusal_gives_no_figures() -> None:
    assert statistics_of(Fault("no", 401), ()) == Statistics()
    assert consumers_of(Fault("no", 401)) == []
