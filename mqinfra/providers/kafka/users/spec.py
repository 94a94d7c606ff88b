"""What a SCRAM user looks like. Kafka shows its mechanisms and their iterations, and never its password."""

from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from mqinfra.model.secret import SecretRef
from mqinfra.model.spec import ImplicitSpec, Secret

KIND = "users"
ITERATIONS = 4096
"""What `kafka-configs` gives a credential for which nobody says otherwise, and the fewest that brokers take."""

Scram = Literal["SCRAM-SHA-256", "SCRAM-SHA-512"]


class UserSpec(ImplicitSpec):
    """A user that logs in with SCRAM.

    Attributes:
        mechanisms: by which the user may log in: `SCRAM-SHA-256`, `SCRAM-SHA-512`. `[SCRAM-SHA-512]` when left out.
        iterations: how often the password is hashed, 4,096 to 16,384; every login takes the broker and the client as
            long. Left out: what the user has, and 4,096 for a new one.
        password: where the password is: `{env: NAME}` or `{file: PATH}`. Brokers do not show it, so a `revision` beside
            it says when there is another: raise it to rotate. Left out: the one that the user has stays.
    """

    implicit = MappingProxyType({"mechanisms": ["SCRAM-SHA-512"]})

    mechanisms: Annotated[tuple[Scram, ...], Field(min_length=1)] = ("SCRAM-SHA-512",)
    iterations: Annotated[int | None, Field(ge=4096, le=16384)] = None
    password: Annotated[SecretRef | None, Secret] = None
