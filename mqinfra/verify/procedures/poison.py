"""One message that the team's own consumer can't handle, among others that it can, through the real thing."""

import time
from collections.abc import Sequence

from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.message import Message, Sent
from mqinfra.providers.base.verification.payload import Body, bodies_of, plain_headers
from mqinfra.providers.base.verification.procedure import Procedure, Trial

POISON, BEFORE, AFTER, PASSED = "poison", "before", "after", "passed"
OTHERS = 5
_PAUSE = 0.25


class Poison(Procedure):
    """Canaries by one key, the poison in their midst; then a look at the dead letters and at how far consumers are."""

    name = "poison"
    modes = (Mode.IN_PLACE,)
    alone = True

    def carry_out(self, trial: Trial) -> None:
        """Send, and wait until all is decided or the time is over."""
        key = f"canary-{trial.chance.getrandbits(64):016x}"
        bodies = bodies_of(trial)
        others = [_message(trial, key, part, at, bodies) for part in (BEFORE, AFTER) for at in range(OTHERS)]
        poison = Message(f"{POISON}-{key}", key, trial.place.lab.poison, number=OTHERS)
        with trial.ground.producer() as producer:
            sent = list(producer.send([*others[:OTHERS], poison, *others[OTHERS:]], trial.left))
        if not all(one.known is Known.OK for one in sent):
            return
        good = sent[:OTHERS] + sent[OTHERS + 1 :]
        died = passed = False
        while not (died and passed) and trial.left:
            time.sleep(min(_PAUSE, trial.left))
            died = died or any(one.key == key for one in trial.ground.drain_dead(max(1.0, trial.left)))
            passed = _passed(trial, good) == len(good)
        trial.notes.observe(PASSED, _passed(trial, good))


def _passed(trial: Trial, good: Sequence[Sent]) -> int | None:
    return trial.ground.passed(good)


def _message(trial: Trial, key: str, part: str, at: int, bodies: Sequence[Body]) -> Message:
    number, uid = at if part == BEFORE else OTHERS + 1 + at, f"{part}-{at}-{key}"
    body = bodies[at % len(bodies)](trial.chance) if bodies else b"mqinfra canary"
    return Message(uid, key, body, plain_headers(uid, trial.run.id), number=number)
