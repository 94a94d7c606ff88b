"""MQ312: a config key that this version of the broker does not have yet, or has no more."""

from collections.abc import Iterator

from mqinfra.checks.versions import BrokerKeys, dotted
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Setting
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, Rule, Subject

CONFIG_KEY_NOT_IN_VERSION = Code(
    "MQ312",
    "config key not supported by this broker version",
    "The key exists, but not in the version that the cluster runs: it was added later, or removed. The broker "
    "would refuse the change.\n\n"
    "Remove the key; or, when only some clusters are behind, set it with an override of the environments that are "
    "not.",
    bad="kafka:\n  topics:\n    orders: {config: {message.format.version: '3.0'}}   # on Kafka 4.1",
    good="kafka:\n  topics:\n    orders: {partitions: 6}",
)


class ConfigKeyNotInVersion(Rule):
    """Kafka refuses such keys like unknown ones; which version has which is in the kind's table of settings."""

    codes = (CONFIG_KEY_NOT_IN_VERSION,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Work out once per cluster and kind which keys are missing there, then look for just those."""
        broker = BrokerKeys()
        for subjects in context.by_kind.values():
            missing: dict[str, dict[Path, Setting]] = {}
            for subject in subjects:
                alias = subject.address.cluster
                if alias not in missing:
                    missing[alias] = _missing(subject)
                if missing[alias] and not missing[alias].keys().isdisjoint(subject.fields):
                    for path, setting in missing[alias].items():
                        if subject.reading and subject.declares(path) and not broker.has_key(subject, path):
                            yield self._judge(subject, subject.reading.facts, path, setting)

    def _judge(self, subject: Subject, facts: Facts, path: Path, setting: Setting) -> Diagnostic:
        broker, alias = subject.kind.broker, subject.address.cluster
        if setting.until and facts.version_tuple >= setting.until:
            found, help_ = f"was removed in {broker} {dotted(setting.until)}", "remove the key"
        else:
            found = f"needs {broker} {dotted(setting.since)}"
            help_ = f"remove the key, or set it with an override where {broker} is {dotted(setting.since)} or newer"
        return subject.at_key(
            CONFIG_KEY_NOT_IN_VERSION, path, f"`{path[-1]}` {found}, and `{alias}` runs {facts.version}", help=help_
        )


def _missing(subject: Subject) -> dict[Path, Setting]:
    version = subject.reading.facts.version_tuple if subject.reading is not None else ()
    if not version:
        return {}
    return {
        (name, setting.name): setting
        for name, table in subject.kind.settings.items()
        for setting in table
        if version < setting.since or (setting.until and version >= setting.until)
    }
