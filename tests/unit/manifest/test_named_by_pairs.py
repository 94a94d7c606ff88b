"""Resources that pairs alone name: their addresses, whose they are, and what is said of those that nobody owns."""

from contextlib import ExitStack
from pathlib import Path

from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.subjects import check_offline
from mqinfra.engine.survey import survey
from mqinfra.manifest.loader import Loaded, load
from mqinfra.manifest.writer import write_topology
from mqinfra.model.change import Action
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.sandbox.session import SandboxSession
from tests.unit.manifest.quotas import meter

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: shop}}
manifests: [topology.yaml]
scope: {{meter: {{quotas: [{scope}]}}}}
defaults: {{{defaults}}}
environments:
  local:
    clusters: {{rates: {{type: meter, sandbox: true}}}}
    overrides: [{overrides}]
"""


def loaded(root: Path, entries: str, *, scope: str = "billing", defaults: str = "", overrides: str = "") -> Loaded:
    (root / "mqinfra.yaml").write_text(PROJECT.format(scope=scope, defaults=defaults, overrides=overrides))
    (root / "topology.yaml").write_text(
        f"apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {{name: shop}}\nmeter: {{quotas: [{entries}]}}\n"
    )
    return load(root, None, meter())


def said(found: Loaded) -> list[str]:
    return [f"{item.code} {item.message}" for item in (*found.diagnostics, *check_offline(found.desired, meter()))]


def addresses(found: Loaded) -> list[str]:
    return [str(address) for address in found.desired.declarations]


def test_a_scope_owns_them_by_the_pair_that_says_whose_they_are(tmp_path: Path) -> None:
    found = loaded(
        tmp_path, "{user: billing, bytesPerSecond: 5}, {user: mail-in, clientId: web}", scope="billing, mail-*"
    )
    assert addresses(found) == ["rates/quotas/clientId=all,user=billing", "rates/quotas/clientId=web,user=mail-in"]
    assert said(found) == []


def test_what_no_scope_covers_is_reported_with_the_line_to_paste(tmp_path: Path) -> None:
    found = loaded(tmp_path, "{user: mail}, {clientId: web}")
    outside = check_offline(found.desired, meter())
    assert [item.code for item in outside] == ["MQ600", "MQ600"]
    assert '`quotas: [billing, "clientId=web", mail]`' in outside[0].help[0]


def test_defaults_name_entries_too(tmp_path: Path) -> None:
    found = loaded(tmp_path, "{bytesPerSecond: 5}", defaults="meter/quotas: {user: billing, clientId: web}")
    assert addresses(found) == ["rates/quotas/clientId=web,user=billing"]
    assert said(found) == []


def test_what_a_field_is_without_being_written_names_an_entry_as_writing_it_does(tmp_path: Path) -> None:
    found = loaded(tmp_path, "{user: billing, bytesPerSecond: 5}, {user: billing, clientId: all, bytesPerSecond: 6}")
    assert addresses(found) == ["rates/quotas/clientId=all,user=billing"]
    assert [text.split()[0] for text in said(found)] == ["MQ118"]
    found = loaded(tmp_path, "{user: billing, clientId: null}")
    assert addresses(found) == ["rates/quotas/clientId=all,user=billing"]


def test_an_override_names_an_entry_anew(tmp_path: Path) -> None:
    match = "{match: 'rates/quotas/clientId=all,user=mail', set: {user: billing}}"
    found = loaded(tmp_path, "{user: mail}", overrides=match)
    assert addresses(found) == ["rates/quotas/clientId=all,user=billing"]
    (declared,) = found.desired.declarations.values()
    assert declared.spec.to_json()["user"] == "billing"


def test_they_are_planned_written_and_read_again(tmp_path: Path) -> None:
    found = loaded(tmp_path, "{user: billing, bytesPerSecond: 5}")
    facts = meter().providers["meter"].sandbox_facts("rates", "local", SandboxOptions())
    with ExitStack() as stack:
        looked = survey(
            found.desired, lambda alias: SandboxSession.open(tmp_path / "s.json", alias, "meter", facts, meter()), stack
        )
        plan = make_plan(found.desired, looked, meter())
    assert [(str(change.address), change.action) for change in plan.changes] == [
        ("rates/quotas/clientId=all,user=billing", Action.CREATE)
    ]
    resources = [(a, item.spec, item.labels, item.lifecycle) for a, item in found.desired.declarations.items()]
    (tmp_path / "topology.yaml").write_text(
        write_topology("shop", resources, {"rates": "meter"}, placements=meter().placements)
    )
    assert load(tmp_path, None, meter()).desired.declarations.keys() == found.desired.declarations.keys()
