"""MQ502: `lifecycle.ignore` names what the resource does not have."""

from collections.abc import Iterable, Iterator, Sequence

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.rule import Context, ResourceRule, Subject

IGNORED_FIELD_UNKNOWN = Code(
    "MQ502",
    "unknown field in `lifecycle.ignore`",
    "`lifecycle.ignore` lists fields that mqinfra leaves alone, such as `partitions` or `config.retention.ms`; a path "
    "covers what is below it. A path that the resource does not have ignores nothing, so the field which was meant "
    "would be changed.",
    bad="kafka:\n  topics:\n    orders: {lifecycle: {ignore: [retention.ms]}}",
    good="kafka:\n  topics:\n    orders: {lifecycle: {ignore: [config.retention.ms]}}",
)


class IgnoredFieldUnknown(ResourceRule):
    """A misspelt path would ignore nothing, and the next apply would change the field that was to be left alone.

    A key that no table of settings has may be a vendor's, so that it is only warned of.
    """

    codes = (IGNORED_FIELD_UNKNOWN,)

    def suspects(self, subjects: Sequence[Subject], _context: Context) -> Iterable[Subject]:
        """Those that ignore anything."""
        return [subject for subject in subjects if subject.declaration.lifecycle.ignore]

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Hold every path against the fields and the settings of the kind."""
        for index, text in enumerate(subject.declaration.lifecycle.ignore):
            field, _, key = text.partition(".")
            fields = [info.alias or name for name, info in subject.kind.spec.model_fields.items()]
            table = subject.kind.settings.get(field)
            if field not in fields:
                keys = [f"{name}.{key}" for name, known in subject.kind.settings.items() for key in known.names()]
                inside = next((path for path in keys if path.partition(".")[2] == text), None)
                advice = f"did you mean `{inside}`?" if inside is not None else did_you_mean(text, [*fields, *keys])
                severity = Severity.ERROR
            elif table is not None and key and table.get(key) is None:
                names = [f"{field}.{name}" for name in table.names()]
                advice, severity = did_you_mean(text, names), Severity.WARNING
            else:
                continue
            yield subject.at(
                IGNORED_FIELD_UNKNOWN,
                ("lifecycle", "ignore", str(index)),
                f"`{text}`: unknown field of a {subject.kind.title}, so nothing is ignored",
                help=advice or f"fields: {', '.join(fields)}",
                severity=severity,
            )
