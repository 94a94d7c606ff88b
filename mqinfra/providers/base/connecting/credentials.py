"""Passwords on their way: refused where anybody could read them, and said to be readable where that is accepted."""

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting.codes import PLAINTEXT_CREDENTIALS


def readable_refusal(instead: str, *, attackable: bool = False) -> ValueError:
    """The error of a block whose password anybody on the way could read.

    Args:
        instead: what to write: "add `tls`".
        attackable: what goes over the network need not be the password itself.
    """
    what = "read or attack" if attackable else "read"
    return ValueError(
        f"the password would cross the network where anyone can {what} it; {instead}, or accept it with "
        "`allowPlaintextCredentials: true`"
    )


def readable_finding(where: str, help_: str, to: str = "") -> Diagnostic:
    """What to say on every run of a password that goes without TLS since the block allows it.

    Args:
        where: alias and address of the cluster.
        help_: what to do instead.
        to: where it goes, as the message names it; empty for any connection.
    """
    return PLAINTEXT_CREDENTIALS.at(
        f"the password goes to {to} without TLS" if to else "the password goes over a connection without TLS",
        address=where,
        help=f"{help_} and remove `allowPlaintextCredentials`",
    )
