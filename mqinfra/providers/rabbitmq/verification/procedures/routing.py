"""Messages for each binding of an exchange, near misses, and one that no binding takes."""

from pydantic import JsonValue

from mqinfra.model.errors import Bug
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedProducer
from mqinfra.providers.rabbitmq.verification.exchange_ground import ExchangeGround
from mqinfra.providers.rabbitmq.verification.predict import predicted, probes, unroutable

PREDICTED = "predicted"
DECLARED = "declared queues"


class Routing(Procedure):
    """Sends what bindings should and should not take, after writing down where each message should get."""

    name = "routing"

    def carry_out(self, trial: Trial) -> None:
        """Predict by what is declared, send, and look into every queue behind the exchange."""
        ground = trial.bare
        if not isinstance(ground, ExchangeGround):
            raise Bug(f"not a copy of an exchange: {trial.place.address}")
        vhost, name = ground.place.topology, ground.place.name
        strange = unroutable(vhost, name)
        some = [*probes(vhost, name), *([strange] if strange is not None else ())]
        trial.notes.observe(DECLARED, [*sorted(vhost.queues)])
        outgoing: list[Message] = []
        headers: dict[str, dict[str, JsonValue]] = {}
        for number, probe in enumerate(some):
            queues = predicted(vhost, name, probe)
            if queues is None:
                continue
            uid = f"route-{number:05d}-{trial.chance.getrandbits(64):016x}"
            told: dict[str, JsonValue] = {
                "uid": uid,
                "key": probe.key,
                "headers": dict(probe.headers),
                "queues": [*sorted(queues)],
                "why": probe.why,
            }
            trial.notes.observe(PREDICTED, told)
            headers[uid] = dict(probe.headers)
            outgoing.append(Message(uid, probe.key, b"canary"))
        with RecordedProducer(ground.producer_of(headers), trial.notes, "producer") as producer:
            producer.send(outgoing, trial.left)
        for _ in trial.ground.drain(max(1.0, trial.left)):
            pass
