"""A copy that producers fill past the declared length, trimming as they would."""

from mqinfra.model.errors import Bug
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.verification.entry import delivery_of
from mqinfra.providers.redis.verification.ground import CloneGround
from mqinfra.providers.redis.verification.place import StreamPlace
from mqinfra.providers.redis.verification.procedures.asking import client_of, clone_of
from mqinfra.providers.redis.verification.producer import StreamProducer

LIVE, ABOUT, EXACT = "live stream", "trimmed about (~)", "trimmed exactly (=)"
_MOST = 10_000
_BATCH = 500
_NODE_ENTRIES = 100
"""What Redis is built with (`stream-node-max-entries`), where the setting may not be read."""


class Filling(Procedure):
    """Twice on one copy: by `MAXLEN ~`, which cuts whole nodes, and by `MAXLEN =`. The limit is scaled to 10,000."""

    name = "filling"

    def carry_out(self, trial: Trial) -> None:
        """Look at the live stream, then fill the copy and look at what is left."""
        place, client, ground = trial.place, client_of(trial), clone_of(trial)
        if not isinstance(place, StreamPlace) or place.expected_max_length is None:
            raise Bug(f"a stream without a length is filled: {place.address}")
        told = client.settings("stream-node-max-entries").get("stream-node-max-entries", "")
        node = int(told) if told.isdigit() else _NODE_ENTRIES
        (length,) = ground.ask([("XLEN", place.name)])
        trial.notes.observe(LIVE, {"length": number(length), "limit": place.expected_max_length, "node": node})
        limit = min(place.expected_max_length, _MOST - 2 * node)
        sent = 0
        for subject, sign in ((ABOUT, "~"), (EXACT, "=")):
            sent += _fill(trial, ground, ("MAXLEN", sign, str(limit)), max(limit // 10, 2 * node) + limit, sent)
            trial.notes.observe(subject, {**_left(ground), "limit": limit, "node": node, "sent": sent})


def _fill(trial: Trial, ground: CloneGround, trim: tuple[str, ...], many: int, first: int) -> int:
    producer = StreamProducer(ground.node(), ground.name, trim)
    body = trial.chance.randbytes(min(trial.amount.size, 100))
    taken = 0
    for start in range(first, first + many, _BATCH):
        some = [Message(f"{at:07d}", "", body, number=at) for at in range(start, min(start + _BATCH, first + many))]
        taken += sum(1 for one in producer.send(some, trial.left) if one.known is Known.OK)
    return taken


def _left(ground: CloneGround) -> dict[str, int | None]:
    (info,) = ground.ask([("XINFO", "STREAM", ground.name)])
    fields = pairs(info)
    ends = {}
    for name in ("first-entry", "last-entry"):
        entry = fields.get(name)
        ends[name] = (
            delivery_of("", str(entry[0]), entry[1], 0).number
            if isinstance(entry, list) and not isinstance(entry[1], Fault)
            else None
        )
    return {"length": number(fields.get("length")), **ends}
