"""What rules and dashboards are made of: what is watched on each cluster, and whose metrics they select."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from mqinfra.cli.monitoring.selected import watched_by_cluster
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.selection import Selection
from mqinfra.model.setting import did_you_mean

if TYPE_CHECKING:
    from mqinfra.monitor.rules.rule_set import WatchedCluster
    from mqinfra.providers.base.monitoring.dialect import Dialect

_MATCHER = re.compile(r"(?:([A-Za-z0-9][A-Za-z0-9._-]*):)?([a-zA-Z_][a-zA-Z0-9_]*)=(.+)", re.DOTALL)

_EXPORTER = (
    click.option(
        "--exporter",
        "exporters",
        multiple=True,
        metavar="NAME",
        help="Whose metrics are selected, such as mqinfra; the first that can say what a rule needs. Repeatable; "
        "clusters that none of them knows have mqinfra.",
    ),
    click.option(
        "--match",
        "matchers",
        multiple=True,
        metavar="[ALIAS:]LABEL=VALUE",
        help="A label that all metrics, or those of one cluster, have in Prometheus: job=prod. Repeatable.",
    ),
)


def exporter_options(function: Callable[..., int]) -> Callable[..., int]:
    """`--exporter` and `--match`; the command gets them as `exporters` and `matchers`."""
    for option in reversed(_EXPORTER):
        function = option(function)
    return function


def watched_clusters(
    workspace: Workspace, selection: Selection, exporters: Sequence[str], matchers: Sequence[str]
) -> "tuple[WatchedCluster, ...]":
    """What is watched on the clusters of an environment.

    Args:
        workspace: the environment.
        selection: what of it.
        exporters: names of dialects, the preferred ones first; a type of clusters for which none is named has ours.
        matchers: `[ALIAS:]LABEL=VALUE`, which all metrics must have.

    Raises:
        click.UsageError: there is no such exporter or cluster.
        UserError: a selector matches nothing.
    """
    from mqinfra.monitor.rules.rule_set import WatchedCluster  # noqa: PLC0415 - not for the group's other commands

    desired = workspace.loaded.desired
    watched = watched_by_cluster(workspace, selection)
    known = _known(workspace)
    for name in exporters:
        if name not in known:
            raise click.UsageError(f"--exporter: unknown exporter `{name}`; {did_you_mean(name, known)}")
    chosen = [known[name] for name in dict.fromkeys(exporters)]
    by_alias = _matchers(matchers, desired.clusters)
    found = []
    for alias, system in desired.clusters.items():
        if some := tuple(watched[alias]):
            found.append(WatchedCluster(alias, system, some, _dialects(system, chosen), by_alias[alias]))
    return tuple(found)


def _known(workspace: Workspace) -> "Mapping[str, Dialect]":
    from mqinfra.monitor.dialects.own import OWN  # noqa: PLC0415 - as above

    systems = sorted(set(workspace.loaded.desired.clusters.values()))
    theirs = [one for system in systems for one in workspace.catalogue.providers[system].dialects]
    return {one.name: one for one in (*theirs, OWN)}


def _dialects(system: str, chosen: "Sequence[Dialect]") -> "tuple[Dialect, ...]":
    """Those that were named, in that order; ours where none of them knows the type of the cluster."""
    from mqinfra.monitor.dialects.own import OWN  # noqa: PLC0415 - as above

    some = tuple(one for one in chosen if one.system in ("", system))
    return some or (OWN,)


def _matchers(texts: Sequence[str], clusters: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {alias: {} for alias in clusters}
    for text in texts:
        match = _MATCHER.fullmatch(text)
        if match is None:
            raise click.UsageError(f"--match must be LABEL=VALUE or ALIAS:LABEL=VALUE, got `{text}`")
        alias, label, value = match.groups()
        if alias is not None and alias not in clusters:
            raise click.UsageError(f"--match: unknown cluster `{alias}`; {did_you_mean(alias, clusters)}")
        for one in (alias,) if alias is not None else clusters:
            found[one][label] = value
    return found
