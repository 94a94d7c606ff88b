"""`apply --close-connections`: closing the connections that kept rights which the apply took."""

from collections.abc import Callable, Mapping

from mqinfra.engine.connections import close_connections
from mqinfra.model.errors import UserError
from mqinfra.model.event import Disconnected, Outcome, Report
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.providers.base.session import Session


def close_kept(
    plan: Plan, report: Report, sessions: Mapping[str, Session], note: Callable[[Disconnected], None]
) -> Report:
    """Close the connections that keep what applied changes took, and give the report of it all.

    Args:
        plan: what was applied.
        report: how it ended; nothing is closed after an interrupt.
        sessions: open sessions by alias.
        note: called with what came of each change's connections, as it happens.
    """
    applied = {result.address for result in report.results if result.outcome is Outcome.APPLIED}
    if report.interrupted or not applied:
        return report
    found: list[Disconnected] = []
    why = ""
    try:
        for one in close_connections((change for change in plan.changes if change.address in applied), sessions):
            closed = tuple(connection.text for connection in one.closed)
            found.append(Disconnected(address=one.address, closed=closed, left=one.left))
            note(found[-1])
    except UserError as error:
        why = f"connections could not be closed: {error.diagnostics[0].message}"
    done = report.model_copy(update={"disconnected": tuple(found)})
    return done.model_copy(update={"reason": done.reason or why, "ended_with": ExitCode.PARTIAL}) if why else done
