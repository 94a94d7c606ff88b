"""MQ503: consent to a change of something that no manifest declares."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.rule import Context, Rule

CONSENT_TO_NOTHING = Code(
    "MQ503",
    "consent for a resource that is not declared",
    "A line under `allowed:` names a resource that no manifest declares, so no plan will ever change it. A delete "
    "needs a line under `removed:` instead.\n\n"
    "Correct the address, or remove the line.",
    bad="allowed:\n  kafka/topics/order: {evenIf: [messages], by: {config.retention.ms: 1d}, until: 2026-12-20}",
    good="allowed:\n  kafka/topics/orders: {evenIf: [messages], by: {config.retention.ms: 1d}, until: 2026-12-20}",
)


class ConsentToNothing(Rule):
    """A misspelt line would look like consent, and count for whatever gets that name later."""

    codes = (CONSENT_TO_NOTHING,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look for each line's resource, or for one that it made."""
        if not context.desired.allowed:
            return
        declared = context.desired.declarations
        makers = {origin.maker for item in declared.values() for origin in item.origins if origin.maker is not None}
        for address, line in context.desired.allowed.items():
            if address in declared or address in makers:
                continue
            alike = [str(other) for other in (*declared, *makers) if other.kind == address.kind]
            close = did_you_mean(str(address), alike)
            yield CONSENT_TO_NOTHING.at(
                f"`{address}` under `allowed` is not declared",
                span=line.span,
                source=line.source,
                address=str(address),
                help=close if close.startswith("did you mean") else "correct the address, or remove the line",
            )
