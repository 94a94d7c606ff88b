"""How near a procedure comes to what is in use: never nearer than the caller says, and not at all where it must not."""

from dataclasses import replace

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Amount, Procedure
from mqinfra.verify.options import Options

_SENDING = (Mode.CLONE, Mode.SHADOW_BIND, Mode.IN_PLACE)
IN_PLACE_MOST = 100
"""Messages that a procedure sends through what is in use at most."""


def mode_of(procedure: Procedure, source: Place, options: Options, *, sends: bool) -> tuple[Mode | None, str]:
    """In which mode a procedure may be carried out; None with the reason where it may not.

    Args:
        procedure: the procedure.
        source: what a copy would be made of.
        options: how near it may come.
        sends: whether messages can be sent on the cluster at all.
    """
    if not sends and not procedure.on_models:
        return None, "nothing can be sent there: it is a sandbox or a snapshot, or passes no messages at all"
    if Mode.PASSIVE in procedure.modes:
        return Mode.PASSIVE, ""
    most = options.mode
    if most is Mode.PASSIVE:
        why = ", which is how an environment that is marked production is verified" if options.production else ""
        return None, f"it sends messages, and `--mode passive` sends none{why}"
    if procedure.slow and not options.slow:
        return None, "the broker's cleaners need minutes: add `--slow`"
    if options.production and procedure.loads and not options.promised.throughput:
        return None, "an environment marked production gets load only with `--throughput N`"
    near = [one for one in _SENDING if one in procedure.modes and _SENDING.index(one) <= _SENDING.index(most)]
    if not near:
        return None, f"it needs `--mode {procedure.modes[0]}`"
    if source.unfit:
        return None, source.unfit
    refused = {Mode.IN_PLACE: _not_in_place(source), Mode.SHADOW_BIND: source.unbindable}
    allowed = [one for one in near if not refused.get(one)]
    return (allowed[-1], "") if allowed else (None, refused[near[-1]])


def amount_in(mode: Mode, amount: Amount) -> Amount:
    """How much is sent in a mode: of what consumers see, not more than tells something."""
    return replace(amount, messages=min(amount.messages, IN_PLACE_MOST)) if mode is Mode.IN_PLACE else amount


def _not_in_place(place: Place) -> str:
    """Why no message may go through the thing itself; empty where it may."""
    if place.takes:
        return place.takes
    consents = place.promised.promises.canary == "accept"
    return "" if consents else "its consumers would receive it: the manifest has to say `promises: {canary: accept}`"
