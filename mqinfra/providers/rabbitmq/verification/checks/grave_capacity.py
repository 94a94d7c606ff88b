"""V17: the queue of the dead letters does not lose them."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.graves import Graves
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

_SHORT_MS = 3_600_000
"""Milliseconds below which nobody has time to look at a dead letter."""
_LIMITS = ("max-length", "max-length-bytes")
_QUORUM = "quorum"
"""The type of queues that refuse messages by the word of the channel that publishes them. A dead letter that is sent at
most once comes by none, and is taken beyond the limit (`rabbit_fifo_client:untracked_enqueue/2`; on 3.10, 4.0, 4.3)."""


class GravesKeep(Check):
    """Nothing in force on the queues of dead letters drops them in silence."""

    id = "V17"
    name = "dead letter capacity"
    proves = "Dead letters are routed to a queue, and no setting in force there drops them silently."
    open = "Disk space for the dead letters was not checked."
    procedure = Graves

    def asked(self, place: Place) -> Asked | None:
        """Where there are dead letters."""
        if not isinstance(place, QueuePlace) or not place.dead_letters or place.type == "stream":
            return None
        return Asked("no setting in force drops dead letters")

    def judge(self, case: Case) -> Conclusion:
        """Limits, what a full queue does, and how long letters live."""
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        graves = told.get("graves") if isinstance(told, dict) else None
        if not isinstance(told, dict) or not isinstance(graves, dict):
            return Conclusion(Result.INCONCLUSIVE, "the settings of the dead-letter queues could not be read")
        if not graves:
            return none_or(
                ["no queue"],
                "",
                "dead letters are routed to no queue: they are lost for good",
                samples=1,
                causes=("the dead-letter exchange does not exist", "no queue is bound to it"),
                fix="create the dead-letter exchange and bind a queue to it, or use `deadLetter: true`",
            )
        safe = told.get("strategy") == "at-least-once"
        problems = [
            problem
            for name, settings in sorted(graves.items())
            for problem in _problems(name, settings if isinstance(settings, dict) else {}, safe=safe)
        ]
        names = ", ".join(f"`{name}`" for name in sorted(graves))
        keeps = "which does not drop" if len(graves) == 1 else "none of which drops"
        return none_or(
            problems,
            f"dead letters are routed to {names}, {keeps} them when full",
            "; ".join(problems),
            samples=len(graves),
            fix="remove the limit, or give the dead-letter queue a dead-letter exchange of its own",
        )


def _problems(name: str, settings: Mapping[str, JsonValue], *, safe: bool) -> Iterator[str]:
    limit = next((key for key in _LIMITS if isinstance(settings.get(key), int)), "")
    further = settings.get("dead-letter-exchange") is not None
    drops = settings.get("overflow", "drop-head") == "drop-head"
    if settings.get("type") == "stream":
        return
    if limit and drops and not further:
        yield f"`{name}` drops its oldest messages when it is full (`{limit}: {settings[limit]}`)"
    if limit and not drops and not safe and settings.get("type") != _QUORUM:
        yield f"`{name}` refuses messages when it is full (`{limit}: {settings[limit]}`): they are lost"
    ttl = settings.get("message-ttl")
    if isinstance(ttl, int) and ttl < _SHORT_MS and not further:
        yield f"dead letters in `{name}` expire after {ttl:,} ms"
