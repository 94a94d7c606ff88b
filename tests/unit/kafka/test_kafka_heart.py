"""A claim that is kept alive, and what its holder makes of answers that are late, missing or strange."""

from collections.abc import Callable

from confluent_kafka import Producer

from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.logs.writer import Answer, LogWriter, Written
from mqinfra.providers.kafka.records.claims import EXPIRY_MS, Heartbeat, heartbeat_from
from mqinfra.providers.kafka.records.heart import NEAR, Heart

TOPIC, KEY = "_mqinfra.shop.prod", b"l:ann"


class Broker(LogWriter):
    """Answers as it is told, when it is flushed."""

    def __init__(self) -> None:
        super().__init__(Producer({}), 1.0)
        self.answers: list[Answer | None] = []
        self.sent: list[bytes | None] = []
        self._waiting: list[Callable[[Answer], None]] = []

    def send(self, topic: str, key: bytes, value: bytes | None, done: Callable[[Answer], None]) -> None:
        assert (topic, key) == (TOPIC, KEY)
        self.sent.append(value)
        self._waiting.append(done)

    def flush(self, patience: float) -> int:
        assert patience > 0
        for done in self._waiting:
            if (answer := self.answers.pop(0) if self.answers else None) is not None:
                done(answer)
        self._waiting.clear()
        return 0

    def drop(self) -> None:
        self._waiting.clear()


class Held:
    """A claim under a clock that stands still unless it is moved."""

    def __init__(self, *answers: Answer | None) -> None:
        self.time = 100.0
        self.broker = Broker()
        self.heart = Heart(self.broker, TOPIC, KEY, "ann", lambda: self.time)
        self.broker.answers = [Written(10, 1_000), *answers]
        self.begun = self.heart.begin(1)

    def beat(self, seconds: float = 3.0) -> str:
        """What comes of the next heartbeat."""
        self.time += seconds
        self.heart.beat()
        return self.heart.lost()


def test_a_claim_begins_without_an_offset_and_goes_on_with_it() -> None:
    held = Held(Written(11, 4_000), Written(15, 7_000))
    assert (held.beat(), held.beat()) == ("", "")
    assert [heartbeat_from(value or b"") for value in held.broker.sent] == [
        Heartbeat("ann"),
        Heartbeat("ann", 10, 1_000),
        Heartbeat("ann", 10, 4_000),
    ]
    held.heart.end()
    assert held.broker.sent[-1] is None
    assert "released" in held.heart.lost()


def test_a_claim_that_got_no_answer_was_never_held() -> None:
    broker = Broker()
    answer = Heart(broker, TOPIC, KEY, "ann").begin(0.1)
    assert isinstance(answer, KafkaFault)
    assert "no answer" in answer.message


def test_a_holder_counts_itself_lost_shortly_before_its_last_heartbeat_expires() -> None:
    held = Held(Written(11, 4_000), fault_named("_TRANSPORT", "the broker is away"))
    assert held.beat() == ""
    assert held.beat(NEAR - 0.1) == ""
    held.time += 0.2
    assert "the broker is away" in held.heart.lost()
    held.time -= 5
    assert held.heart.lost(), "what is lost stays lost"
    assert NEAR * 1_000 < EXPIRY_MS


def test_the_time_counts_from_when_a_heartbeat_was_sent_and_not_from_its_answer() -> None:
    held = Held()
    sent = held.time + 3
    held.beat()
    held.time = sent + NEAR + 1
    assert held.heart.lost()


def test_a_heartbeat_that_was_appended_too_late_has_lost_the_lock() -> None:
    assert "expired" in Held(Written(11, 1_001 + EXPIRY_MS)).beat(1)
    assert Held(Written(11, 1_000 + EXPIRY_MS)).beat(1) == ""


def test_a_topic_that_was_made_again_has_lost_the_lock() -> None:
    assert "made again" in Held(Written(0, 4_000)).beat()


def test_a_right_that_is_taken_away_or_a_topic_that_is_gone_has_lost_the_lock_at_once() -> None:
    for name in ("TOPIC_AUTHORIZATION_FAILED", "UNKNOWN_TOPIC_OR_PART"):
        assert "in Kafka's words" in Held(fault_named(name, "in Kafka's words")).beat()


def test_no_heartbeat_is_sent_once_the_lock_is_lost() -> None:
    held = Held()
    held.time += NEAR + 1
    assert held.heart.lost()
    before = len(held.broker.sent)
    held.heart.beat()
    assert len(held.broker.sent) == before
