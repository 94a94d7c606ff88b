"""`apply --close-connections`: what is said of the connections that kept rights which the apply took."""

from collections.abc import Mapping

from mqinfra.cli.console import Console
from mqinfra.engine.connections import close_connections
from mqinfra.model.errors import UserError
from mqinfra.model.event import Outcome, Report
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.providers.base.session import Session
from mqinfra.render.terminal import plural


def close_kept(plan: Plan, report: Report, sessions: Mapping[str, Session], talk: Console) -> ExitCode:
    """Close the connections that keep what applied changes took, say so, and give the exit code of it all.

    Args:
        plan: what was applied.
        report: how it ended; nothing is closed after an interrupt.
        sessions: open sessions by alias.
        talk: the console.
    """
    applied = {result.address for result in report.results if result.outcome is Outcome.APPLIED}
    if report.interrupted or not applied:
        return report.exit_code
    left = False
    try:
        for one in close_connections((change for change in plan.changes if change.address in applied), sessions):
            if one.closed:
                names = ", ".join(connection.text for connection in one.closed)
                talk.info(f"closed {plural(len(one.closed), 'connection')} for `{one.address}`: {names}")
            for why in one.left:
                left = True
                talk.error(f"a connection that keeps what `{one.address}` took was not closed: {why}")
    except UserError as error:
        left = True
        talk.diagnostics(error.diagnostics)
    return ExitCode.PARTIAL if left and report.exit_code is ExitCode.OK else report.exit_code
