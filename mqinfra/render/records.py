"""Records and runs for people and programs: what `status` and `history` print."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from mqinfra.model.cluster_status import ClusterStatus
from mqinfra.model.record import Origin, Owner, Run, Standing
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import Style, clean, document, plural

FORMAT_VERSION = "1.0"
_LAST = 3
_NAMES = {"not attempted": "notAttempted"}


def status_text(owner: Owner, found: Iterable[ClusterStatus], style: Style) -> str:
    """Print what each cluster says."""
    lines = [style.bold(clean(str(owner)))]
    for status in found:
        lines += ["", style.bold(clean(status.alias)), *_cluster(status, style)]
    return document(lines)


def history_text(owner: Owner, found: Sequence[ClusterStatus], style: Style) -> str:
    """Print the last runs of each cluster, the newest first."""
    lines = [style.bold(clean(str(owner)))]
    for status in found:
        lines += ["", style.bold(clean(status.alias))]
        if status.unreachable or status.inventory.unavailable:
            lines += style.wrap(clean(status.unreachable or status.inventory.unavailable), indent=2)
        elif not status.inventory.runs:
            lines.append("  no applies are recorded")
        else:
            lines += [f"  {_run(run)}" for run in status.inventory.runs]
    return document(lines)


def status_json(owner: Owner, found: Iterable[ClusterStatus]) -> str:
    """Write what each cluster says; minor versions of the format only add."""
    clusters: list[JsonValue] = [
        {
            "alias": status.alias,
            "unreachable": status.unreachable,
            "place": status.inventory.place,
            "exists": status.inventory.exists,
            "unavailable": status.inventory.unavailable,
            "rights": list(status.rights),
            "records": dict(_origins(status).items()),
            "pending": _pending(status),
            "running": status.running,
            "runs": [_run_json(run) for run in status.inventory.runs[:_LAST]],
        }
        for status in found
    ]
    return records_document("Status", owner, clusters)


def history_json(owner: Owner, found: Iterable[ClusterStatus]) -> str:
    """Write all runs that are kept, per cluster, the newest first."""
    clusters: list[JsonValue] = [
        {
            "alias": status.alias,
            "unavailable": status.unreachable or status.inventory.unavailable,
            "runs": [_run_json(run) for run in status.inventory.runs],
        }
        for status in found
    ]
    return records_document("History", owner, clusters)


def records_document(kind: str, owner: Owner, clusters: list[JsonValue]) -> str:
    """Write what records on clusters say, under the name of a kind of document."""
    content = {
        "kind": kind,
        "formatVersion": FORMAT_VERSION,
        "project": owner.project,
        "environment": owner.environment,
        "clusters": clusters,
    }
    return printable_json(json.dumps(content, indent=1)) + "\n"


def _cluster(status: ClusterStatus, style: Style) -> Iterable[str]:
    inventory = status.inventory
    if status.unreachable or inventory.unavailable:
        why = status.unreachable or f"the records can't be read: {inventory.unavailable}"
        yield from style.wrap(clean(why), indent=2)
    elif not inventory.place:
        yield "  keeps no records"
    else:
        made = "" if inventory.exists else ", which the first apply makes"
        yield from style.wrap(f"records: {clean(inventory.place)}{made}", indent=2)
        counts = ", ".join(f"{number:,} {origin}" for origin, number in _origins(status).items())
        pending = _pending(status)
        unfinished = f" ({pending:,} not seen since they were begun)" if pending else ""
        yield from style.wrap(f"{plural(len(inventory.records), 'resource')}: {counts}{unfinished}", indent=2)
    for right in status.rights:
        yield from style.wrap(f"needs: {clean(right)}", indent=2)
    for run in inventory.runs[:_LAST]:
        yield f"  {_run(run)}"
    if status.running:
        yield from style.wrap(clean(status.running), indent=2)


def _run(run: Run) -> str:
    ended = ", ".join(f"{number:,} {outcome}" for outcome, number in run.outcome.items())
    how = ended if run.finished else "no end: killed, or going on"
    return clean(f"#{run.number} {run.started} {run.who} {run.digest[:19]} {plural(run.changes, 'change')}: {how}")


def _run_json(run: Run) -> JsonValue:
    return {
        "number": run.number,
        "who": run.who,
        "digest": run.digest,
        "changes": run.changes,
        "started": run.started,
        "finished": run.finished,
        "outcome": {
            outcome.replace("not attempted", "notAttempted"): number for outcome, number in run.outcome.items()
        },
    }


def _origins(status: ClusterStatus) -> dict[str, int]:
    counted = Counter(record.origin for record in status.inventory.records.values())
    return {origin.value: counted[origin] for origin in Origin}


def _pending(status: ClusterStatus) -> int:
    return sum(record.standing is Standing.PENDING for record in status.inventory.records.values())
