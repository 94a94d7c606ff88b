"""Rights that the caller lacks hold a change back before anything is begun, unless somebody else applies the plan."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.survey import survey
from mqinfra.manifest.loader import load
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.errors import UserError
from mqinfra.model.plan import Plan
from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.sandbox.model_session import ModelSession
from mqinfra.render.diagnostics import render_diagnostics
from mqinfra.render.terminal import Style
from tests.unit.engine.test_catching_up import PROJECT, TOPOLOGY
from tests.unit.engine.test_plan_cases import snapshot

RIGHT = "Create on the topic"


class Held(ModelSession):
    """Lets the caller make nothing but `orders.b`, and says so when it is asked; its dry run says so of the others."""

    by_dry_run = False
    unknown = False
    keeping: tuple[Problem, ...] = ()
    silent = False
    dry_runs: tuple[str, ...] = ()

    def lacking(self, changes: Sequence[Change]) -> list[Objection]:
        return [] if self.by_dry_run else self._lacks(changes)

    def dry_run(self, changes: Sequence[Change]) -> list[Objection]:
        self.dry_runs = tuple(change.address.name for change in changes)
        return self._lacks(changes) if self.by_dry_run else []

    def lacking_to_keep(self, owner: Owner) -> list[Problem]:
        if self.silent:
            raise UserError([Diagnostic(code="MQ450", message="nobody answers")])
        assert owner == Owner("shop", "test")
        return list(self.keeping)

    def _lacks(self, changes: Sequence[Change]) -> list[Objection]:
        some = [change.address for change in changes if change.address.name != "orders.b"]
        if self.unknown:
            return [Objection(address, Problem("not checked: nobody may ask"), unchecked=True) for address in some]
        return [
            Objection(address, Problem(f"not allowed: {address.name}", "`grant it`"), lacking=RIGHT) for address in some
        ]


def planned(session: Held, folder: Path, *, rights: bool = True, more: str = "") -> Plan:
    (folder / "mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
    (folder / "topology.yaml").write_text(TOPOLOGY.replace("}}}", "}" + more + "}}"), encoding="utf-8")
    desired = load(folder, "test", installed()).desired
    with ExitStack() as stack:
        found = survey(desired, lambda _: session, stack)
        return make_plan(desired, found, installed(), Options(rights=rights))


def held() -> Held:
    return Held("kafka", installed().providers["kafka"].kinds, snapshot({"live": {}}))


def blocked(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {change.address.name: change.blocked_by for change in plan.changes if change.blocked_by}


def test_a_change_without_its_right_is_blocked_with_the_command_that_grants_it(tmp_path: Path) -> None:
    session = held()
    plan = planned(session, tmp_path)
    assert blocked(plan) == {"orders.a": ("MQ352",)}
    (found,) = [found for found in plan.diagnostics if found.code == "MQ352"]
    assert (found.severity, found.address, found.help) == (Severity.ERROR, "kafka/topics/orders.a", ("`grant it`",))
    assert found.message == "topic `orders.a`: not allowed: orders.a"
    assert session.dry_runs == ("orders.b",)


def test_what_only_the_dry_run_tells_blocks_as_well(tmp_path: Path) -> None:
    session = held()
    session.by_dry_run = True
    assert blocked(planned(session, tmp_path)) == {"orders.a": ("MQ352",)}


def test_one_right_that_many_lack_is_told_once(tmp_path: Path) -> None:
    plan = planned(held(), tmp_path, more=", orders.c: {}, orders.d: {}")
    assert blocked(plan).keys() == {"orders.a", "orders.c", "orders.d"}
    told = render_diagnostics([found for found in plan.diagnostics if found.code == "MQ352"], Style())
    assert told.count("error[MQ352]") == 1
    assert "the same applies to 2 more: `orders.c`, `orders.d`" in told


def test_a_plan_for_somebody_else_to_apply_is_not_held_by_the_rights_of_who_makes_it(tmp_path: Path) -> None:
    session = held()
    session.keeping = (Problem("the lock"),)
    plan = planned(session, tmp_path, rights=False)
    assert (blocked(plan), plan.diagnostics) == ({}, ())
    session.by_dry_run = True
    plan = planned(session, tmp_path, rights=False)
    assert blocked(plan) == {}
    (found,) = plan.diagnostics
    assert found.code == "MQ303"
    assert found.message.startswith(f"not checked: whoever applies the plan needs {RIGHT} (1 change unchecked")


def test_what_nobody_could_check_is_said_once_and_blocks_nothing(tmp_path: Path) -> None:
    session = held()
    session.unknown = True
    plan = planned(session, tmp_path, more=", orders.c: {}")
    assert blocked(plan) == {}
    (found,) = plan.diagnostics
    assert (found.code, found.severity) == ("MQ303", Severity.WARNING)
    assert "2 changes unchecked" in found.message


def test_rights_to_keep_lock_and_records_are_said_where_there_is_something_to_apply(tmp_path: Path) -> None:
    session = held()
    session.keeping = (Problem("no right to the lock", "`grant that`"),)
    found = [found for found in planned(session, tmp_path).diagnostics if found.code == "MQ303"]
    assert [(item.message, item.help, item.address) for item in found] == [
        ("no right to the lock", ("`grant that`",), "kafka")
    ]
    done = Held("kafka", session.kinds, snapshot({"live": dict.fromkeys(("orders.a", "orders.b"), LIVE)}))
    done.keeping = session.keeping
    assert planned(done, tmp_path).diagnostics == ()


def test_a_cluster_that_falls_silent_is_no_reason_for_the_plan_to_fail(tmp_path: Path) -> None:
    session = held()
    session.silent = True
    said = [found.message for found in planned(session, tmp_path).diagnostics if found.code == "MQ303"]
    assert said == ["not checked: rights to the lock and the records: nobody answers"]


LIVE = {"spec": {"partitions": 3, "replicationFactor": 1}, "identity": "id-1"}
