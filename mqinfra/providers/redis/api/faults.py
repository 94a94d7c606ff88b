"""What a server's or the client's error means: refused, to be tried again, lost, or a missing right.

Pure: errors arrive as `Fault` values, so that meanings are tested without a server.
"""

from dataclasses import dataclass
from typing import Literal

from mqinfra.providers.base.request import Lost, Refused

Meaning = Literal["refused", "denied", "retry", "lost", "absent", "wrong type"]


@dataclass(frozen=True, slots=True)
class Fault:
    """An error, of the server or of the connection.

    Attributes:
        text: the server's words.
        meaning: what follows from it.
    """

    text: str
    meaning: Meaning = "refused"

    @property
    def denied(self) -> bool:
        """Whether a right is missing."""
        return self.meaning == "denied"

    @property
    def lost(self) -> bool:
        """Whether nobody knows what became of the call."""
        return self.meaning == "lost"


_MEANINGS: tuple[tuple[str, Meaning], ...] = (
    ("NOPERM", "denied"),
    ("this user has no permissions", "denied"),
    ("user default has no permissions", "denied"),
    ("has no permissions to", "denied"),
    ("No permissions to access", "denied"),
    ("NOAUTH", "denied"),
    ("LOADING", "retry"),
    ("loading the dataset", "retry"),
    ("CLUSTERDOWN", "retry"),
    ("The cluster is down", "retry"),
    ("Hash slot not served", "retry"),
    ("TRYAGAIN", "retry"),
    ("MASTERDOWN", "retry"),
    ("BUSY ", "retry"),
    ("READONLY", "retry"),
    ("You can't write against a read only", "retry"),
    ("WRONGTYPE", "wrong type"),
    ("no such key", "absent"),
    ("NOGROUP", "absent"),
    ("No such user", "absent"),
)


def fault_from(text: str) -> Fault:
    """The fault of an error reply, by the server's words (src/server.c, src/acl.c)."""
    otherwise: Meaning = "refused"
    meaning = next((meaning for sign, meaning in _MEANINGS if sign in text), otherwise)
    return Fault(text, meaning)


def result_of(fault: Fault, call: str) -> Refused | Lost:
    """Say what a fault makes of a call that writes."""
    if fault.lost:
        return Lost(f"no answer to {call}: {fault.text}")
    if fault.denied:
        word = "|".join(call.partition(" on ")[0].lower().split(" ")[:2])
        return Refused(f"not allowed: {fault.text}", (f"an administrator can grant it: `ACL SETUSER NAME +{word}`",))
    return Refused(f"{call}: {fault.text}", retry=fault.meaning == "retry")
