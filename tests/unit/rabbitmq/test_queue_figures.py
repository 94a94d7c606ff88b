"""What AMQP and HTTP say of a queue makes figures that never miss messages or consumers that may be there."""

from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.api.call import Answer, Counts, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import answered
from mqinfra.providers.rabbitmq.io.queue_consumers import consumers_of
from mqinfra.providers.rabbitmq.io.queue_figures import combine
from mqinfra.providers.rabbitmq.io.queue_statistics import Statistics, statistics_of

BOUND = (Address("r", "bindings", ("/",), (("exchange", "e"), ("queue", "q"))),)


def kept(kind: str, ready: int | None = None, delivered: int | None = None, **more: Any) -> Statistics:
    """Statistics whose messages are all ready or delivered, unless more is said."""
    given = {"messages": None if ready is None or delivered is None else ready + delivered, **more}
    return Statistics(kind, ready, delivered, **given)


@pytest.mark.parametrize(
    ("now", "seen", "fresh", "messages", "consumers"),
    [
        pytest.param(Counts(0, 0), kept("classic", 0, 0), False, 0, 0, id="empty"),
        pytest.param(Counts(0, 0), kept("classic"), False, None, 0, id="no-totals"),
        pytest.param(Counts(3, 0), kept("classic"), False, 3, 0, id="no-totals-and-filled"),
        pytest.param(Counts(0, 0), kept("classic", 0, 1), False, 1, 0, id="fetched"),
        pytest.param(Counts(2, 1), kept("classic", 2, 3, consumers=("a",)), False, 5, 1, id="held-by-a-consumer"),
        pytest.param(Counts(0, 1), kept("classic", 5, 0, consumers=("a",)), False, 5, 1, id="taken-since"),
        pytest.param(Counts(0, 1), kept("classic", 0, 0, consumers=("a",)), False, None, 1, id="consumed-and-empty"),
        pytest.param(Counts(0, 0), kept("quorum", 0, 0), False, None, 0, id="old-statistics"),
        pytest.param(Counts(0, 0), kept("quorum", 0, 0), True, 0, 0, id="new-statistics"),
        pytest.param(Counts(0, 0), kept("quorum", 5, 0), True, 0, 0, id="drained-since"),
        pytest.param(Counts(0, 0), kept("quorum", 0, 2), True, 2, 0, id="held-without-a-consumer"),
        pytest.param(Counts(0, 0), kept("quorum", 0, 0, messages=1, dead=1), True, 1, 0, id="waits-for-dead-lettering"),
        pytest.param(Counts(0, 0), kept("quorum", 0, 0, messages=3), True, 3, 0, id="waits-for-what-has-no-name"),
        pytest.param(Counts(1, 0), kept("quorum", 0, 0, messages=3, delayed=3), True, 4, 0, id="waits-for-another-try"),
        pytest.param(Counts(0, 1), kept("quorum"), False, None, 1, id="consumed-and-no-statistics"),
        pytest.param(Counts(4, 1), kept("quorum"), False, 4, 1, id="consumed-ready-and-no-statistics"),
        pytest.param(Counts(0, 0), kept("quorum", 0, 0, consumers=("a", "b")), True, 0, 0, id="consumers-left"),
        pytest.param(Counts(0, 1), kept("quorum", 0, 0, consumers=("a",)), True, None, 1, id="consumed-with-new-ones"),
        pytest.param(Counts(0, 0), kept("stream"), False, None, None, id="stream-without-statistics"),
        pytest.param(Counts(0, 0), kept("stream", 0, 0), False, None, 0, id="stream-with-old-statistics"),
        pytest.param(Counts(0, 0), kept("stream", 0, 0), True, 0, 0, id="empty-stream"),
        pytest.param(Counts(0, 0), kept("stream", 7, 0, consumers=("a",)), False, 7, 1, id="stream-amqp-knows-not"),
        pytest.param(Counts(9, 0), kept("stream", 7, 0), False, 9, 0, id="stream-that-grows"),
        pytest.param(RabbitFault("no way"), kept("classic", 0, 0), False, None, None, id="amqp-out-of-reach"),
    ],
)
def test_figures(
    now: Counts | RabbitFault, seen: Statistics, messages: int | None, consumers: int | None, *, fresh: bool
) -> None:
    figures = combine(now, seen, BOUND, fresh=fresh)
    assert figures.messages == messages
    assert (None if figures.consumers is None else len(figures.consumers)) == consumers
    assert figures.attached == BOUND
    assert figures.details or figures.messages is not None


def test_messages_that_no_passive_declare_counts_are_told_apart() -> None:
    seen = Statistics("quorum", 0, 2, dead=1, delayed=3, messages=6)
    figures = combine(Counts(0, 0), seen, BOUND, fresh=True)
    assert figures.messages == 6
    assert figures.details == (
        "2 of the messages are delivered and not confirmed",
        "1 of the messages is waiting for dead lettering",
        "3 of the messages are waiting for a retry",
    )


def test_a_consumer_that_came_since_counts_without_a_name() -> None:
    figures = combine(Counts(0, 2), kept("classic", 0, 0, consumers=("mailer",)), BOUND)
    assert figures.consumers == ("mailer", "not named yet")


def test_bindings_that_can_not_be_read_are_told() -> None:
    figures = combine(Counts(0, 0), kept("classic", 0, 0), None)
    assert (figures.attached, figures.details) == ((), ("its bindings can't be read",))


@pytest.mark.parametrize("body", [None, [], "x", {"messages": True}, {"consumer_details": "x"}])
def test_odd_answers_give_no_figures(body: Any) -> None:
    found = statistics_of(Answer(200, body), ())
    assert (found.hidden, found.held, found.mark) == (None, None, None)
    assert consumers_of(Answer(200, body)) == []


def test_a_refusal_gives_no_figures() -> None:
    assert statistics_of(answered("no", 401), ()) == Statistics()
    assert consumers_of(answered("no", 401)) == []
