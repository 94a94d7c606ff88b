"""Words that every format of a verification says."""

import shlex
from collections import Counter
from collections.abc import Sequence

from mqinfra.model.address import Address
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.label import label_of, name_of
from mqinfra.model.reading import Source
from mqinfra.model.span import Span
from mqinfra.model.verification import Advice, Verification
from mqinfra.render.terminal import clean, plural
from mqinfra.render.view.changes import one_of
from mqinfra.render.view.names import joined_names

ORDER = (Result.FAIL, Result.INCONCLUSIVE, Result.SKIPPED, Result.PASS)
TITLES = {
    Result.FAIL: "Does not hold",
    Result.INCONCLUSIVE: "Not known",
    Result.SKIPPED: "Not checked",
    Result.PASS: "Holds",
}
MODES = {
    Mode.PASSIVE: "Nothing was sent: settings, rights and states were read.",
    Mode.CLONE: "Messages went through copies that have the live settings and names of their own; nothing in use was "
    "touched. A copy says nothing of policies and rights that go by names, of quotas, of where replicas lie, and of "
    "the consumers that are at work.",
    Mode.SHADOW_BIND: "Messages went through the real exchanges into queues of their own, by keys of their own; all "
    "others through copies that have the live settings.",
    Mode.IN_PLACE: "Messages went through what says `canary: accept`, and its consumers saw them; all others through "
    "copies that have the live settings.",
}
_PRODUCTION = "The environment is marked production"
ADVICE = "Advice, which nothing fails by"
_NAMED = 5


def done(report: Verification) -> str:
    """What was done, and on production why not more, or why that much."""
    text = MODES[report.mode]
    if not report.production:
        return text
    if report.mode is Mode.PASSIVE:
        return f"{text} {_PRODUCTION}: `--mode clone` would send messages through copies."
    return f"{text} {_PRODUCTION}, and `--mode {report.mode}` asked for it."


def not_sent(report: Verification) -> list[str]:
    """What was not even tried, by cluster."""
    texts = []
    for cluster in report.clusters:
        if cluster.source is not Source.LIVE:
            texts.append(
                f"{clean(cluster.alias)} is a {cluster.source.value}: no message was sent, so only settings are proven."
            )
        elif cluster.trouble:
            texts.append(f"{clean(cluster.alias)}: no message was sent, because {clean('; '.join(cluster.trouble))}.")
    return texts


def verdict(report: Verification) -> str:
    """The whole in a line: `12 checks hold, 1 does not; 40 messages in 3 s; mode clone, seed 1`."""
    counts = report.counts
    parts = [plural(counts[Result.PASS], "check") + (" holds" if counts[Result.PASS] == 1 else " hold")]
    if counts[Result.FAIL]:
        parts.append(f"{counts[Result.FAIL]:,} {'does' if counts[Result.FAIL] == 1 else 'do'} not")
    if counts[Result.INCONCLUSIVE]:
        parts.append(f"{counts[Result.INCONCLUSIVE]:,} not known")
    if counts[Result.SKIPPED]:
        parts.append(f"{counts[Result.SKIPPED]:,} not checked")
    how = f"{plural(report.operations, 'operation')} in {report.seconds:.0f} s, mode {report.mode}, seed {report.seed}"
    return f"{', '.join(parts)}; {how}, run {clean(report.run)}."


def again(one: Judgement, report: Verification) -> str:
    """The command that makes one check again with the same messages."""
    name = one.address.path[-1] if one.address.path else one.address.text
    return _repeated(f"{one.check}:{name}", report)


def all_again(one: Judgement, report: Verification) -> str:
    """The command that makes a check again everywhere."""
    return _repeated(one.check, report)


def _repeated(only: str, report: Verification) -> str:
    environment = shlex.quote(clean(report.environment))
    mode = f" --mode {report.mode}" if report.production or report.mode is not Mode.CLONE else ""
    return f"mqinfra verify -e {environment}{mode} --only {shlex.quote(clean(only))} --seed {report.seed}"


def place_text(one: Judgement | Advice) -> str:
    """What people call the place of a judgement: `kafka topic orders`."""
    return f"{clean(one.address.cluster)} {one_of(one.address.kind)} {clean(label_of(one.address))}"


def where_text(one: Judgement | Advice) -> str:
    """The line of the manifest that asks for it; empty where none does."""
    return span_text(one.span) if one.span is not None else ""


def span_text(span: Span) -> str:
    """A place in a file: `topology/orders.yaml:12`."""
    return f"{clean(span.file)}:{span.line}"


def reason_text(one: Advice) -> str:
    """Why, and where that comes from."""
    return clean(f"{one.reason} ({one.source})" if one.reason and one.source else one.reason or one.source)


def offenders_text(one: Judgement) -> str:
    """What is wrong, by name, and how many more there are."""
    more = f" and {one.more:,} more" if one.more else ""
    return f"{', '.join(map(clean, one.offenders))}{more}" if one.offenders else ""


def places_text(places: Sequence[Address]) -> str:
    """Resources by name where they are few, else counted by kind."""
    if len(places) <= _NAMED:
        return joined_names([f"{place.cluster} {clean(name_of(place))}" for place in places], most=None)
    kinds = Counter(place.kind for place in places)
    return ", ".join(
        f"{number:,} {clean(kind if number > 1 else one_of(kind))}" for kind, number in sorted(kinds.items())
    )
