"""Failures that may follow from another: what is missing on the broker, or differs there, fails other checks, too."""

from collections.abc import Mapping
from types import MappingProxyType

from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.verification import Verification
from mqinfra.render.verification.words import place_text

_SETTINGS = "V01"


def shared_causes(report: Verification) -> Mapping[tuple[str, str], str]:
    """What failures may follow from, as a clause, by address and check.

    A failure may follow from different settings of the same resource, of what it lies in (a vhost, a stream), and of
    what is named by it (a binding of the exchange).
    """
    same: dict[str, Judgement] = {}
    around: dict[tuple[str, ...], Judgement] = {}
    failed = [one for one in report.judgements if one.result is Result.FAIL]
    for one in failed:
        if one.check != _SETTINGS:
            continue
        address = one.address
        same[address.text] = one
        if address.pairs:
            for _, value in address.pairs:
                around.setdefault((address.cluster, *address.path, value), one)
        else:
            around.setdefault((address.cluster, *address.path, ""), one)
    found = {}
    for one in failed:
        if one.check != _SETTINGS and (cause := _cause_of(one, same, around)) is not None:
            where = "this resource" if cause.address == one.address else place_text(cause)
            found[one.address.text, one.check] = f"{_SETTINGS} of {where} fails too; both may have one cause"
    return MappingProxyType(found)


def _cause_of(
    one: Judgement, same: Mapping[str, Judgement], around: Mapping[tuple[str, ...], Judgement]
) -> Judgement | None:
    path = one.address.path
    keys = [
        (one.address.cluster, *path),
        *((one.address.cluster, *path[:length], "") for length in range(1, len(path))),
    ]
    return same.get(one.address.text) or next((around[key] for key in keys if key in around), None)
