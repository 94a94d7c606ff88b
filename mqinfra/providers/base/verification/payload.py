"""What canaries say: bodies of many shapes, or of the declared schema, the same for the same seed."""

import random
from collections.abc import Callable, Sequence

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.codec import PayloadError
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.procedure import Amount, Trial

TEXT = "Grüße, 你好, שלום, 🐇\u202e\x00\n"
BODIES_OF = "bodies of"
"""Under what it is observed whose schema the bodies of a trial have."""
IDEMPOTENCY_KEY, ENCRYPTION = "idempotency-key", "encryption"

Body = Callable[[random.Random], bytes]


def canaries(trial: Trial, amount: Amount | None = None, *, prefix: str = "") -> list[Message]:
    """Messages of a trial. Their bodies are of the declared schema, where there is one that payloads can be made of.

    Args:
        trial: the trial.
        amount: how many, and how large; None for the trial's own.
        prefix: what ids begin with, where several sets go through one place.
    """
    bodies = bodies_of(trial)
    return messages(amount or trial.amount, trial.chance, prefix=prefix, run=trial.run.id, bodies=bodies)


def bodies_of(trial: Trial) -> list[Body]:
    """What makes bodies of the declared schemas, each of which was seen to make one; nothing without a schema.

    A schema that nobody can write by is V36's finding. Whether messages are lost is seen with any bodies.
    """
    place = trial.ground.place
    found: list[Body] = []
    for one in place.schemas:
        codec = trial.codecs.get(one.subject)
        if one.key or codec is None or codec.look_up()[0] is not Known.OK:
            continue
        try:
            codec.written(random.Random(0))  # noqa: S311 - repeatable, no secret
        except PayloadError:
            continue
        trial.notes.observe(BODIES_OF, one.subject.name)
        found.append(codec.written)
    return found


def messages(
    amount: Amount, chance: random.Random, *, prefix: str = "", run: str = "", bodies: Sequence[Body] = ()
) -> list[Message]:
    """Messages of a trial: `amount.messages` of them, by `amount.keys` keys, numbered within each key from 0.

    Most bodies are `amount.size` random bytes. The first are empty, text of many scripts, all 256 bytes, and what
    looks encrypted, with the headers that go with it: what is lost or changed on the way is rarely plain letters.

    Every message has a key by which a consumer knows it again when it comes twice, and says whether its body is
    encrypted, as those of applications do.

    Args:
        amount: how many, and how large.
        chance: where bodies and ids come from.
        prefix: what ids begin with, where several sets go through one place.
        run: the run's id, so that idempotency keys of two runs with one seed differ.
        bodies: what makes bodies in place of random bytes, one after the other in turn.
    """
    numbers: dict[str, int] = {}
    made = []
    for number in range(amount.messages):
        key = f"key-{number % max(1, amount.keys):04d}"
        place = numbers.get(key, 0)
        numbers[key] = place + 1
        body, headers = _odd(number, chance) or (chance.randbytes(amount.size), {})
        if bodies:
            body = bodies[number % len(bodies)](chance)
            headers = {name: value for name, value in headers.items() if not name.startswith(ENCRYPTION)}
        uid = f"{prefix}{number:07d}-{chance.getrandbits(64):016x}"
        made.append(Message(uid=uid, key=key, body=body, headers={**plain_headers(uid, run), **headers}, number=place))
    return made


def plain_headers(uid: str, run: str) -> dict[str, bytes]:
    """The headers that a message of an application would have: a key by which it is known again, and how it is sealed.

    Args:
        uid: the message's id.
        run: the run's id, so that no consumer takes the same message of a later run for one that it has had.
    """
    return {IDEMPOTENCY_KEY: f"{run}.{uid}".encode(), ENCRYPTION: b"none"}


def _odd(number: int, chance: random.Random) -> tuple[bytes, dict[str, bytes]] | None:
    """A body with headers that is unlike others; None where it is one of the others."""
    match number:
        case 0:
            return b"", {}
        case 1:
            return TEXT.encode(), {"text": TEXT.replace("\x00", "").encode()}
        case 2:
            return bytes(range(256)), {"empty": b"", "binary": bytes(range(256))}
        case 3:
            # Nobody has the key: to a broker, what a client encrypted is bytes with a nonce and a key's name beside.
            sealed = {
                ENCRYPTION: b"AES-256-GCM",
                "encryption-key-id": b"canary",
                "encryption-nonce": chance.randbytes(12),
            }
            return chance.randbytes(48), sealed
        case _:
            return None
