"""What canaries say: bodies of many shapes, the same for the same seed."""

import random
from collections.abc import Sequence

from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.procedure import Amount

_TEXT = "Grüße, 你好, שלום, 🐇\u202e\x00\n"


def messages(amount: Amount, chance: random.Random, *, prefix: str = "") -> list[Message]:
    """Messages of a trial: `amount.messages` of them, by `amount.keys` keys, numbered within each key from 0.

    Most bodies are `amount.size` random bytes. The first are an empty one, text of many scripts and all 256 bytes, with
    empty and binary headers: what is lost or changed on the way is rarely plain letters.

    Args:
        amount: how many, and how large.
        chance: where bodies and ids come from.
        prefix: what ids begin with, where several sets go through one place.
    """
    numbers: dict[str, int] = {}
    made = []
    for number in range(amount.messages):
        key = f"key-{number % max(1, amount.keys):04d}"
        place = numbers.get(key, 0)
        numbers[key] = place + 1
        body, headers = _odd(number) or (chance.randbytes(amount.size), {})
        uid = f"{prefix}{number:07d}-{chance.getrandbits(64):016x}"
        made.append(Message(uid=uid, key=key, body=body, headers=headers, number=place))
    return made


def _odd(number: int) -> tuple[bytes, dict[str, bytes]] | None:
    odd: Sequence[tuple[bytes, dict[str, bytes]]] = (
        (b"", {}),
        (_TEXT.encode(), {"text": _TEXT.replace("\x00", "").encode()}),
        (bytes(range(256)), {"empty": b"", "binary": bytes(range(256))}),
    )
    return odd[number] if number < len(odd) else None
