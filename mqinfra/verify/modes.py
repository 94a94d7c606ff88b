"""How near a procedure comes to what is in use: never nearer than the caller says, and not at all where it must not."""

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Procedure
from mqinfra.verify.options import Options

_SENDING = (Mode.CLONE, Mode.SHADOW_BIND, Mode.IN_PLACE)


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
    if options.production and procedure.loads and not options.promised.throughput:
        return None, "load is offered to an environment that is marked production only by `--throughput N`"
    near = [one for one in _SENDING if one in procedure.modes and _SENDING.index(one) <= _SENDING.index(most)]
    if not near:
        return None, f"it needs `--mode {procedure.modes[0]}`"
    if source.unfit:
        return None, source.unfit
    return near[-1], ""
