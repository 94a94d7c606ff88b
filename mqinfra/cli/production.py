"""What `verify` does not do on an environment that is marked production, however it is asked."""

from collections.abc import Mapping

from mqinfra.model.code import Code
from mqinfra.model.declaration import Desired
from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode

NOT_IN_PRODUCTION = Code(
    "MQ187",
    "not on an environment that is marked production",
    "`production: true` in `mqinfra.yaml` says that people depend on the environment. `mqinfra verify` then only reads "
    "(`--mode passive`) unless a mode is asked for, sends no more than 500 messages per second in each procedure, and "
    "offers load only at a rate that `--throughput` gives. What stops or restarts brokers, storms of connections and "
    "poison for a team's consumer are refused altogether: they belong on an environment that nobody depends on.",
    bad="mqinfra verify -e prod --restart-cmd 'systemctl restart kafka'     # with `production: true`\n",
    good="mqinfra verify -e staging --restart-cmd 'systemctl restart kafka'\nmqinfra verify -e prod --mode clone\n",
)


def mode_for(asked: str | None, desired: Desired) -> Mode:
    """How near a run may come: what the caller says; else copies, and on production nothing but reading."""
    if asked is not None:
        return Mode(asked)
    return Mode.PASSIVE if desired.production else Mode.CLONE


def require_harmless(desired: Desired, given: Mapping[str, object]) -> None:
    """Refuse what would disturb an environment that is marked production.

    Args:
        desired: what is declared, with its environment.
        given: values of the options that disturb brokers, by name; empty ones ask for nothing.

    Raises:
        UserError: one is asked for there.
    """
    asked = [name for name, value in given.items() if value]
    if desired.production and asked:
        raise UserError(
            NOT_IN_PRODUCTION.at(
                f"`{name}` is refused on `{desired.environment}`, which mqinfra.yaml marks `production: true`",
                help="verify it on an environment that nobody depends on, with `-e`",
            )
            for name in asked
        )
