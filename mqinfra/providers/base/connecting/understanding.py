"""Answers in a shape that nobody foresaw: said as such, and not as a failure of mqinfra that ends in frames of code.

Clients check what they read of the protocol. What lies in a well-formed answer is checked by whoever uses it, as far as
an honest broker can differ; a server that is none may put a text where a mapping belongs.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import UNKNOWN_SHAPE

STUMBLES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What Python raises over a value of another shape."""


def stumble(error: Exception) -> str:
    """Where an answer was stumbled over, without its content: `KeyError in queues.py:80`."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"


@contextmanager
def understanding(where: str) -> Iterator[None]:
    """Turn a stumble over an answer into a finding.

    Raises:
        UserError: saying that the unexpected response, and what to report should it be an honest one.
    """
    try:
        yield
    except STUMBLES as error:
        found = UNKNOWN_SHAPE.at(
            f"unexpected response ({stumble(error)})",
            address=where,
            help=(
                "check that the address is the broker's own, and any proxy in between",
                "if it is, this is a bug in mqinfra: please report it with the version of the broker",
            ),
        )
        raise UserError([found]) from error
