"""Approving a plan: by a person who is asked, or by the digest of the plan that was reviewed."""

import sys

import click

from mqinfra.engine import codes
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.plan import Plan
from mqinfra.render.terminal import plural


def confirmed(plan: Plan) -> bool:
    """Ask whoever sits there whether the plan is to be applied.

    Raises:
        click.UsageError: nobody does.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError(
            "no terminal to ask for confirmation; use --auto-approve, or --expect with the digest of the reviewed plan"
        )
    what = plural(len(plan.changes), "change")
    click.echo(f"\nApply {what} to `{plan.environment}`? Type `yes` to continue: ", err=True, nl=False)
    return sys.stdin.readline().strip() == "yes"


def unexpected(expect: str, plan: Plan) -> Diagnostic:
    """The plan is not the one that was approved."""
    return codes.STALE.at(
        f"expected plan {expect}, got {plan.digest}",
        help="the cluster or the manifests changed since the review: look at the plan above and approve that digest",
    )
