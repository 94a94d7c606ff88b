"""What a server's or the client's error means: refused, to be tried again, lost, or a missing right.

Pure: errors arrive as `Fault` values, so that meanings are tested without a server.
"""

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.base.request import Lost, Refused

_MEANINGS: tuple[tuple[str, Meaning], ...] = (
    ("NOPERM", Meaning.DENIED),
    ("this user has no permissions", Meaning.DENIED),
    ("user default has no permissions", Meaning.DENIED),
    ("has no permissions to", Meaning.DENIED),
    ("No permissions to access", Meaning.DENIED),
    ("NOAUTH", Meaning.DENIED),
    ("LOADING", Meaning.RETRY),
    ("loading the dataset", Meaning.RETRY),
    ("CLUSTERDOWN", Meaning.RETRY),
    ("The cluster is down", Meaning.RETRY),
    ("Hash slot not served", Meaning.RETRY),
    ("TRYAGAIN", Meaning.RETRY),
    ("MASTERDOWN", Meaning.RETRY),
    ("BUSY ", Meaning.RETRY),
    ("READONLY", Meaning.RETRY),
    ("You can't write against a read only", Meaning.RETRY),
    ("no such key", Meaning.ABSENT),
    ("NOGROUP", Meaning.ABSENT),
    ("No such user", Meaning.ABSENT),
)


def fault_from(text: str) -> Fault:
    """The fault of an error reply, by the server's words (src/server.c, src/acl.c)."""
    return Fault(text, next((meaning for sign, meaning in _MEANINGS if sign in text), Meaning.REFUSED))


def is_wrong_type(fault: Fault) -> bool:
    """Whether the key holds something of another type than the command is about."""
    return fault.message.startswith("WRONGTYPE")


def not_allowed(right: str, fault: Fault, where: str, user: str = "NAME") -> Diagnostic:
    """The finding of a command that everything else rests on, and that the caller may not run.

    Args:
        right: the command as ACL rules write it, `acl|cat`.
        fault: what the server said.
        where: alias and address of the cluster, for messages.
        user: the caller, where it is known.
    """
    return NOT_ALLOWED.at(
        f"the caller may not run `{right}`: {fault.message}",
        address=where,
        help=f"an administrator can grant it: `ACL SETUSER {user} +{right}`",
    )


def result_of(fault: Fault, call: str) -> Refused | Lost:
    """Say what a fault makes of a call that writes."""
    if fault.lost:
        return fault.result(f"no answer to {call}: {fault.message}")
    if fault.denied:
        word = "|".join(call.partition(" on ")[0].lower().split(" ")[:2])
        return fault.result(
            f"not allowed: {fault.message}", (f"an administrator can grant it: `ACL SETUSER NAME +{word}`",)
        )
    return fault.result(f"{call}: {fault.message}")
