"""MQ311: a config key that nobody knows, most often a slip of the pen."""

from collections.abc import Iterator

from mqinfra.checks.versions import BrokerKeys, newest
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.reading import Source
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, Rule, Subject

UNKNOWN_CONFIG_KEY = Code(
    "MQ311",
    "unknown config key",
    "mqinfra has no such key in its tables of the broker's settings, so it is probably misspelt; the broker would "
    "refuse the change.\n\n"
    "It is an error where the table covers the cluster's version, and a warning where it may not: offline, and on "
    "a broker that is newer than the table or does not report its version. A key that the cluster itself reports, "
    "such as a vendor's own, is accepted. Where the broker stores unknown keys, as RabbitMQ does with queue "
    "arguments, it is a warning as well.",
    bad="kafka:\n  topics:\n    orders: {config: {retention.msec: 7d}}",
    good="kafka:\n  topics:\n    orders: {config: {retention.ms: 7d}}",
)


class UnknownConfigKey(Rule):
    """Kafka refuses it: INVALID_CONFIG `Unknown topic config name`, LogConfig.validateNames.

    Only where the table of settings is known to cover the broker is it an error; a newer broker, or one that nobody
    asked, may know more.
    """

    codes = (UNKNOWN_CONFIG_KEY,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look for keys outside the tables; one set comparison per resource, since nearly all pass."""
        broker = BrokerKeys()
        for subjects in context.by_kind.values():
            kind = subjects[0].kind
            if not kind.settings:
                continue
            known: set[Path] = {(name, setting.name) for name, table in kind.settings.items() for setting in table}
            known |= {(info.alias or name,) for name, info in kind.spec.model_fields.items()}
            for subject in subjects:
                if not subject.fields.keys() <= known:
                    for path in subject.fields:
                        unknown = path not in known and len(path) == 2 and path[0] in kind.settings
                        if unknown and not broker.has_key(subject, path):
                            yield self._judge(subject, path)

    def _judge(self, subject: Subject, path: Path) -> Diagnostic:
        table, title = subject.kind.settings[path[0]], subject.kind.title
        severity, broker = _severity(subject, newest(table)), _broker(subject)
        whose = f"that {broker} knows" if severity is Severity.ERROR else "known to mqinfra; the broker decides"
        if table.kept:
            severity = Severity.WARNING
            whose = f"known to mqinfra; {subject.kind.broker} stores unknown ones, without effect"
        return subject.at_key(
            UNKNOWN_CONFIG_KEY,
            path,
            f"`{path[-1]}` is not a {title} setting {whose}",
            help=table.closest(path[-1]) or ("remove it, or keep it if an application reads it" if table.kept else ""),
            severity=severity,
        )


def _severity(subject: Subject, table: tuple[int, ...]) -> Severity:
    reading = subject.reading
    if reading is None:
        return Severity.WARNING
    if reading.source is not Source.LIVE:
        return Severity.ERROR
    version = reading.facts.version_tuple
    return Severity.ERROR if version and version[: len(table)] <= table else Severity.WARNING


def _broker(subject: Subject) -> str:
    version = subject.reading.facts.version if subject.reading is not None else ""
    return f"{subject.kind.broker} {version}".strip()
