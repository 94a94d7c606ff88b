"""Every check against histories that pass it, fail it, and decide nothing: a file each in tests/cases/verify.

Those of a provider are in a folder of its own, since two brokers may prove the same by other means: `redis/V16`.
"""

from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from mqinfra.model.address import Address
from mqinfra.model.judgement import Mode, Result
from mqinfra.model.operation import Operation
from mqinfra.model.promises import Promises
from mqinfra.model.reading import Facts
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.verification.check import Asked, Case, Check
from mqinfra.providers.base.verification.place import Place, Promised
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.verify.checks.all import CHECKS as GENERIC
from mqinfra.verify.conclude import judged

CASES = Path(__file__).parents[2] / "cases" / "verify"
CHECKS: dict[str, Check] = {check.id: check for check in GENERIC} | {
    f"{name}/{check.id}": check for name, provider in installed().providers.items() for check in provider.checks
}
_OTHERS = ("advice", "diagnosis")
FILES = sorted(path for path in CASES.rglob("*.yaml") if path.relative_to(CASES).parts[0] not in _OTHERS)
_OPERATIONS = TypeAdapter(list[Operation])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CASES).with_suffix("").as_posix())
def test_a_history_is_judged_as_the_case_says(path: Path) -> None:
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    operations = _OPERATIONS.validate_python(
        [{"began": at, "ended": at + 1, **one} for at, one in enumerate(given["history"], start=1)]
    )
    promised = Promised(Promises.model_validate(given.get("promises", {})))
    place = Place(Address("a", "kind", ("name",)), "name", lanes=given.get("lanes", 1), promised=promised)
    facts = Facts(cluster_id="c", version=given.get("version", ""))
    case = Case(place, Mode(given.get("mode", "clone")), facts, operations, Amount(), given.get("cutShort", ""))
    found = judged(CHECKS[path.parent.relative_to(CASES).as_posix()], Asked("it holds"), case, 0.0)
    assert (found.result.value, found.evidence, list(found.offenders)) == (
        given["result"],
        given["evidence"],
        given.get("offenders", []),
    )


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_is_seen_to_pass_to_fail_and_not_to_know(name: str) -> None:
    folder = CASES / name
    seen = {yaml.safe_load(path.read_text(encoding="utf-8"))["result"] for path in folder.glob("*.yaml")}
    assert seen >= {Result.PASS.value, Result.FAIL.value, Result.INCONCLUSIVE.value}


@pytest.mark.parametrize("name", CHECKS)
def test_no_history_passes_no_check(name: str) -> None:
    case = Case(Place(Address("a", "kind", ("name",)), "name"), Mode.CLONE, Facts(cluster_id="c"), [], Amount())
    assert judged(CHECKS[name], Asked("it holds"), case, 0.0).result is not Result.PASS
