"""The rules that know no broker, and the one way to run rules. A test holds the list against this folder."""

from collections.abc import Iterable

from mqinfra.checks.canary_name import CanaryName
from mqinfra.checks.config_key_not_in_version import ConfigKeyNotInVersion
from mqinfra.checks.consent_to_nothing import ConsentToNothing
from mqinfra.checks.declared_and_removed import DeclaredAndRemoved
from mqinfra.checks.declared_outside_scope import DeclaredOutsideScope
from mqinfra.checks.holder_missing import HolderMissing
from mqinfra.checks.ignored_field_unknown import IgnoredFieldUnknown
from mqinfra.checks.internal_resource import InternalResource
from mqinfra.checks.missing_target import MissingTarget
from mqinfra.checks.names_differ_in_case import NamesDifferInCase
from mqinfra.checks.policy.judgement import judged
from mqinfra.checks.policy.rules import PolicyRules
from mqinfra.checks.refused_name import RefusedName
from mqinfra.checks.tombstone_outside_scope import TombstoneOutsideScope
from mqinfra.checks.unknown_config_key import UnknownConfigKey
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, Rule

RULES: tuple[Rule, ...] = (
    UnknownConfigKey(),
    ConfigKeyNotInVersion(),
    RefusedName(),
    MissingTarget(),
    DeclaredAndRemoved(),
    IgnoredFieldUnknown(),
    ConsentToNothing(),
    HolderMissing(),
    DeclaredOutsideScope(),
    TombstoneOutsideScope(),
    InternalResource(),
    NamesDifferInCase(),
    CanaryName(),
    PolicyRules(),
)


def run(context: Context, rules: Iterable[Rule]) -> list[Diagnostic]:
    """Run rules and weigh what they find by the policy.

    Findings come in the order of their codes, and of one code in the order of the rules.
    """
    found = (diagnostic for rule in rules for diagnostic in rule.report(context))
    return sorted(judged(context, found), key=lambda diagnostic: diagnostic.code)
