"""Quotas for the conformance suite."""

from pydantic import JsonValue

from mqinfra.providers.base.sample import Sample, Step

_LIMITS: dict[str, JsonValue] = {"producer_byte_rate": "10MB", "request_percentage": 50}

QUOTAS = Sample(
    kind="quotas",
    prefix="mqinfra-conformance/@%é~ ",
    named_by="user",
    minimal={"limits": {"producer_byte_rate": 1_000_000}},
    full={"limits": _LIMITS},
    same=(
        {"limits": {"producer_byte_rate": 10_000_000, "request_percentage": 50.0}},
        {"limits": {"producer_byte_rate": "10MB"}},
    ),
    updates=(
        Step("more", {"limits": {"producer_byte_rate": "1MB"}}, {"limits": {"producer_byte_rate": "2MB"}}),
        Step(
            "another limit beside the first",
            {"limits": {"producer_byte_rate": "1MB"}},
            {"limits": {"consumer_byte_rate": "1MB", "producer_byte_rate": "1MB"}},
        ),
    ),
    reset=(
        Step("one limit less", {"limits": _LIMITS}, {"limits": {**_LIMITS, "request_percentage": None}}),
        ("limits", "request_percentage"),
    ),
    foreign=({"limits": {**_LIMITS, "consumer_byte_rate": "3MB"}}, ("limits", "consumer_byte_rate")),
    without={
        "impossible": "everything that can be declared can be changed in place",
        "refused": "what is wrong with a quota is found before a broker is asked",
    },
)
