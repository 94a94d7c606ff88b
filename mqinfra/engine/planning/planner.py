"""The planner: desired and live in, a Plan out. It decides nothing by itself; diff, guard, order and checks do.

1. compare every declared resource, plan the deletes that tombstones ask for and those that our records justify, and
   recreate what goes with a replace;
2. read figures for what would destroy something, and weigh it;
3. run the rules over the whole, and the broker's dry run over what is selected;
4. block what an error speaks of, order, fingerprint and digest the rest.
"""

import time

from mqinfra.checks.rulebook import run
from mqinfra.engine import codes
from mqinfra.engine.connections import with_kept_rights
from mqinfra.engine.consent import spared, with_uses
from mqinfra.engine.planning.adoption import ask_adoption
from mqinfra.engine.planning.brought import bring_needs
from mqinfra.engine.planning.cascade import recreate_dependents
from mqinfra.engine.planning.catching_up import learned, pauses, read_again, strayed
from mqinfra.engine.planning.comparison import compare_declared
from mqinfra.engine.planning.deletes import limit_deletes, weigh_deletes
from mqinfra.engine.planning.dry_run import dry_run
from mqinfra.engine.planning.effects import explained
from mqinfra.engine.planning.finish import arranged, finish
from mqinfra.engine.planning.health import ask_health
from mqinfra.engine.planning.leftovers import say_unseen
from mqinfra.engine.planning.losses import count_losses, note_consents_to_creates
from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.order_of_revocations import order_revocations, without_companions
from mqinfra.engine.planning.overlapping import refuse_overlaps
from mqinfra.engine.planning.removals import plan_removals
from mqinfra.engine.planning.renames import hint_renames
from mqinfra.engine.planning.revocations import plan_revocations
from mqinfra.engine.planning.rights import ask_rights
from mqinfra.engine.planning.state import Planning
from mqinfra.engine.subjects import rules_for
from mqinfra.engine.survey import Survey
from mqinfra.model.change import Change
from mqinfra.model.declaration import Desired
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.plan import Plan
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.rule import Context


def make_plan(desired: Desired, survey: Survey, catalogue: Catalogue, options: Options | None = None) -> Plan:
    """Plan one environment. Reads figures and asks for dry runs through the sessions; writes nothing."""
    desired = with_uses(desired, survey.inventories)
    state = Planning(desired, survey, catalogue, options or Options())
    plan = _plan(state)
    newer = learned(survey, strayed(plan.changes, survey))
    if newer is not None:
        state = Planning(desired, newer, catalogue, state.options)
        plan = _plan(state)
    for pause in pauses():
        if not state.outdated:
            break
        time.sleep(pause)
        newer = read_again(state.survey, state.outdated)
        if newer is not None:
            state = Planning(desired, newer, catalogue, state.options)
            plan = _plan(state)
    return plan


def _plan(state: Planning) -> Plan:
    """Run the phases once, in order."""
    refuse_overlaps(state)
    compare_declared(state)
    plan_removals(state)
    plan_revocations(state)
    recreate_dependents(state)
    order_revocations(state)
    weigh_deletes(state)
    with count_losses(state):
        found = _findings(state)
    note_consents_to_creates(state)
    state.diagnostics += found
    bring_needs(state)
    selected = without_companions(state, state.selected_changes())
    possible = _possible(state, selected)
    limit_deletes(state, possible)
    ask_health(state, possible)
    selected = spared(selected, _left_out(state, selected))
    selected = ask_adoption(state, selected)
    ask_rights(state, selected)
    changes = with_kept_rights(explained(state, selected), state.survey)
    with dry_run(state, selected):
        ordered = arranged(state, changes)
    hint_renames(state, selected)
    say_unseen(state)
    return finish(state, ordered)


_IMPOSSIBLE = frozenset((codes.REPLACE.id, codes.IMPOSSIBLE.id))
"""Errors of changes that no plan could hold, so that neither limits nor health are asked about them."""


def _possible(state: Planning, selected: list[Change]) -> list[Change]:
    errors = state.errors()
    if not errors:
        return selected
    return [change for change in selected if _IMPOSSIBLE.isdisjoint(errors.get(str(change.address), ()))]


def _left_out(state: Planning, selected: list[Change]) -> list[Change]:
    """The changes that the plan is not to hold."""
    if len(selected) == len(state.changes):
        return []
    chosen = {change.address for change in selected}
    return [change for change in state.changes.values() if change.address not in chosen]


def _findings(state: Planning) -> list[Diagnostic]:
    """What the rules say of everything that is declared, selected or not."""
    rules = rules_for(state.desired, state.catalogue)
    return run(Context(state.desired, state.subjects, state.survey.readings, state.options.today), rules)
