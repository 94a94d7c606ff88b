"""Users for the conformance suite."""

from pydantic import JsonValue

from mqinfra.providers.base.sample import Refusal, Sample, Step

PASSWORD: dict[str, JsonValue] = {"env": "MQINFRA_CONFORMANCE_PASSWORD"}
"""Where the password of all users of the suite is; whoever runs it gives it a value."""

_BOTH: list[JsonValue] = ["SCRAM-SHA-256", "SCRAM-SHA-512"]

USERS = Sample(
    kind="users",
    prefix="mqinfra-conformance-",
    minimal={"password": PASSWORD},
    full={"mechanisms": _BOTH, "iterations": 5000, "password": PASSWORD},
    same=(
        {"mechanisms": [*reversed(_BOTH)], "iterations": 5000, "password": PASSWORD},
        {"mechanisms": _BOTH},
        {"mechanisms": _BOTH, "iterations": None, "password": None},
    ),
    updates=(
        Step("more iterations", {"iterations": 4096, "password": PASSWORD}, {"iterations": 8192, "password": PASSWORD}),
        Step(
            "another mechanism beside the first",
            {"mechanisms": ["SCRAM-SHA-512"], "password": PASSWORD},
            {"mechanisms": _BOTH, "password": PASSWORD},
        ),
        Step("a mechanism less", {"mechanisms": _BOTH, "password": PASSWORD}, {"mechanisms": ["SCRAM-SHA-256"]}),
    ),
    refused=(Refusal("a credential of no password", {}, ("password",)),),
    without={
        "reset": "no field has a default of the brokers' to go back to",
        "foreign": "others can't set what a manifest leaves out",
        "impossible": "everything that can be declared can be changed in place",
    },
)
