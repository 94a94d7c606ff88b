"""What each broker of a cluster knows of its topics, for readings of everything. Imported only when connecting.

A list that one broker gives is short, without a word, while it is behind (docs/spike-kafka-clients.md, "Visibility").
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api.codes import BEHIND
from mqinfra.providers.kafka.api.wire import Wire, fault_of

Topics = Mapping[str, int]
"""Topics with their numbers of partitions, as one broker knows them."""
PAUSE = 0.5
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A broker.

    Attributes:
        number: its id.
        address: `host:port`, as it advertises itself on the listener that was connected to.
    """

    number: int
    address: str


class NodeCalls:
    """Asks every broker for itself.

    Args:
        wire: the way to the cluster.
        nodes: its brokers.
        open_at: opens a client that knows only the broker at an address.
    """

    def __init__(self, wire: Wire, nodes: Sequence[Node], open_at: Callable[[str], AdminClient]) -> None:
        self._wire, self._nodes, self._open_at = wire, nodes, open_at

    def names(self) -> list[str]:
        """All topics that the caller may see, once all brokers that answer agree on them.

        Raises:
            UserError: they did not within the user's patience, or none answered.
        """
        clients = {node.number: self._open_at(node.address) for node in self._nodes}
        try:
            found = agreed(lambda: self._look(clients), self._wire.timeout)
        finally:
            clients.clear()
        if isinstance(found, str):
            where = str(self._wire.peer)
            advice = "nothing was exported; try again when the cluster has settled, or give `--timeout` more seconds"
            raise UserError([BEHIND.at(found, address=where, help=advice)])
        return sorted(found)

    def _look(self, clients: Mapping[int, AdminClient]) -> Mapping[int, Topics]:
        """The lists of the brokers that answer.

        Raises:
            UserError: none does.
        """
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            answers = list(pool.map(self._topics_of, clients.values()))
        lists = {
            number: answer
            for number, answer in zip(clients, answers, strict=True)
            if not isinstance(answer, KafkaException)
        }
        if not lists:
            failed = next(answer for answer in answers if isinstance(answer, KafkaException))
            raise self._wire.unreadable("Metadata", fault_of(failed)) from failed
        return lists

    def _topics_of(self, client: AdminClient) -> Topics | KafkaException:
        try:
            # Without connections to others, librdkafka asks the one broker that it knows (rd_kafka_broker_any_usable).
            listed = client.list_topics(timeout=self._wire.timeout)
        except KafkaException as error:
            return error
        return {name: len(topic.partitions) for name, topic in listed.topics.items()}


def agreed(
    look: Callable[[], Mapping[int, Topics]], patience: float, sleep: Callable[[float], None] = time.sleep
) -> Topics | str:
    """Look until all brokers know the same topics, twice in a row; after `patience` seconds, say how they differ."""
    deadline = time.monotonic() + patience
    last: Topics | None = None
    while True:
        lists = look()
        first = next(iter(lists.values()))
        same = all(topics == first for topics in lists.values())
        if same and first == last:
            return first
        last = first if same else None
        if time.monotonic() > deadline:
            known = ", ".join(f"broker {number} knows {len(topics):,}" for number, topics in sorted(lists.items()))
            return f"the brokers are still learning which topics there are: {known}"
        sleep(PAUSE)
