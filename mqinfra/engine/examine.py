"""Before the first write: is everything that a plan touches still what the plan saw?

All clusters are looked at before any is written to. One stale change refuses the whole plan, because a reviewer
approved the whole.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from mqinfra.engine import codes
from mqinfra.engine.comparator import comparator_of
from mqinfra.engine.grouping import by_cluster
from mqinfra.engine.guard_classes import classes_now
from mqinfra.engine.planning.cascade import still_to_come
from mqinfra.engine.recheck import Recheck, StaleField, recheck
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.model.reading import Source
from mqinfra.providers.base.session import Session

_DESTROYING = (Action.DELETE, Action.REPLACE)


def examine(plan: Plan, sessions: Mapping[str, Session], undisturbed: Container[str] = ()) -> dict[Address, Recheck]:
    """Read again exactly what the plan touches, and say where each change stands.

    Args:
        plan: the plan.
        sessions: open sessions of every cluster with changes, by alias.
        undisturbed: clusters that were locked, and where no other apply came between the plan's reading and the lock.
            There only what the plan deletes or makes anew is read again: what writes over something is compared right
            before it is sent, and a create finds out by itself.

    Raises:
        UserError: the plan is stale, was made for another cluster, a cluster could not be read, or a secret that has
            to be compared can't be looked up.
    """
    refuse_other_clusters(plan, sessions)
    rechecks: dict[Address, Recheck] = {}
    for alias, changes in by_cluster(plan.changes).items():
        again = changes
        if alias in undisturbed:
            rechecks.update((change.address, Recheck(change, (), change.identity)) for change in changes)
            again = [change for change in changes if change.action in _DESTROYING]
        if again:
            rechecks.update(_examine(sessions[alias], again))
    stale = {address: found for address, found in rechecks.items() if found.stale}
    if stale:
        spans = {change.address: change for change in plan.changes}
        raise UserError(
            [_stale(spans[address], found.stale) for address, found in sorted(stale.items())], ExitCode.STALE
        )
    return rechecks


def refuse_other_clusters(plan: Plan, sessions: Mapping[str, Session]) -> None:
    """See that the clusters are those that a plan was made for; asked before a lock too, which writes to them.

    Raises:
        UserError: with exit code 5, naming both.
    """
    for cluster in plan.clusters:
        if cluster.alias in sessions:
            _same_cluster(cluster, sessions[cluster.alias])


def _examine(session: Session, changes: Iterable[Change]) -> Mapping[Address, Recheck]:
    wanted: dict[str, list[Address]] = defaultdict(list)
    some = list(changes)
    for change in some:
        wanted[change.address.kind].append(change.address)
    reading = session.look(wanted)
    now = classes_now(session, some)
    found: dict[Address, Recheck] = {}
    for change in some:
        address = change.address
        if address in reading.denied:
            stale = StaleField("visibility", "visible", reading.denied[address])
            found[address] = Recheck(change, (stale,))
            continue
        live = reading.resources.get(address)
        known = recheck(change, live, now.get(address, {}), comparator_of(session, address))
        found[address] = replace(known, identity=live.identity) if live is not None and live.identity else known
    left = {address for address, known in found.items() if known.remaining is not None}
    found.update((c.address, Recheck(c)) for c in some if still_to_come(c, left) and not found[c.address].stale)
    return found


def _same_cluster(planned: PlanCluster, session: Session) -> None:
    place = f"{session.alias} ({session.facts.endpoint})"
    if planned.source is not session.source:
        raise UserError(
            [
                codes.OTHER_CLUSTER.at(
                    f"the plan was made against a {_SOURCES[planned.source]}, and `{session.alias}` is a "
                    f"{_SOURCES[session.source]}",
                    address=place,
                    help="plan again against the cluster itself",
                )
            ],
            ExitCode.STALE,
        )
    if planned.cluster_id != session.facts.cluster_id:
        raise UserError(
            [
                codes.OTHER_CLUSTER.at(
                    f"the plan was made for cluster id `{planned.cluster_id}`, and `{session.alias}` is "
                    f"`{session.facts.cluster_id}`",
                    address=place,
                    help="check the address of the cluster; plan again if it was replaced on purpose",
                )
            ],
            ExitCode.STALE,
        )


_SOURCES = {Source.LIVE: "live cluster", Source.SANDBOX: "sandbox", Source.SNAPSHOT: "snapshot"}


def _stale(change: Change, stale: Iterable[StaleField]) -> Diagnostic:
    what = "; ".join(str(item) for item in stale)
    return codes.STALE.at(
        f"`{change.address}` changed since the plan was made: {what}",
        span=change.span,
        address=str(change.address),
        help="plan again, and review what is different",
    )
