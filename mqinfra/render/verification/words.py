"""Words that every format of a verification says."""

import glob
import json
import re
import shlex
from collections import Counter
from collections.abc import Sequence

from mqinfra.model.address import Address
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.label import name_of, place_of
from mqinfra.model.reading import Source
from mqinfra.model.span import Span
from mqinfra.model.verification import Advice, Verification
from mqinfra.render.terminal import clean, plural
from mqinfra.render.view.changes import one_of
from mqinfra.render.view.names import joined_names

ORDER = (Result.FAIL, Result.INCONCLUSIVE, Result.SKIPPED, Result.PASS)
TITLES = {
    Result.FAIL: "Failed",
    Result.INCONCLUSIVE: "Inconclusive",
    Result.SKIPPED: "Skipped",
    Result.PASS: "Passed",
}
MODES = {
    Mode.PASSIVE: "No messages were sent: settings, rights and states were read.",
    Mode.CLONE: "This run sent its messages straight to temporary copies with the live settings, and none to anything "
    "in use. Copies prove nothing about policies and rights that match by name, quotas, replica placement, the real "
    "consumers, and what happens to messages before they get there.",
    Mode.SHADOW_BIND: "Messages were sent through the real exchanges, with temporary routing keys into temporary "
    "queues; everything else was tested on temporary copies with the live settings.",
    Mode.IN_PLACE: "Messages were sent through resources that declare `canary: accept`, where their consumers saw "
    "them; everything else was tested on temporary copies with the live settings.",
}
METHODS = {
    Mode.PASSIVE: "read-only",
    Mode.CLONE: "on a temporary copy",
    Mode.SHADOW_BIND: "through the real exchange",
    Mode.IN_PLACE: "on the real resource",
}
UNASKED = "Not run, since nothing asked for it"
_PRODUCTION = "The environment is marked `production`"
ADVICE = "Advice (does not affect the result)"
_NAMED = 5


def done(report: Verification) -> str:
    """What was done, and on production why not more, or why that much."""
    text = MODES[report.mode]
    if not report.production:
        return text
    if report.mode is Mode.PASSIVE:
        return f"{text} {_PRODUCTION}: `--mode clone` would test with messages, on copies."
    return f"{text} {_PRODUCTION}, and `--mode {report.mode}` asked for it."


def not_sent(report: Verification) -> list[str]:
    """What was not even tried, by cluster."""
    texts = []
    for cluster in report.clusters:
        if cluster.source is not Source.LIVE:
            texts.append(
                f"{clean(cluster.alias)} is a {cluster.source.value}: no messages sent, only settings checked."
            )
        elif cluster.trouble:
            texts.append(f"{clean(cluster.alias)}: no messages were sent: {clean('; '.join(cluster.trouble))}.")
    return texts


def unasked_note(report: Verification) -> str:
    """Why some of what was not run can't be asked for; empty where all can."""
    return f"{_PRODUCTION}: options that disturb brokers are refused there." if report.production else ""


def verdict(report: Verification) -> str:
    """The whole in a line: `12 passed, 1 failed; 40 operations in 3 s, mode clone, seed 1, run ...`."""
    counts = report.counts
    named = (Result.FAIL, Result.PASS, Result.INCONCLUSIVE, Result.SKIPPED)
    parts = [f"{counts[one]:,} {TITLES[one].lower()}" for one in named if counts[one] or one is Result.PASS]
    how = f"{plural(report.operations, 'operation')} in {report.seconds:.0f} s, mode {report.mode}, seed {report.seed}"
    return f"{', '.join(parts)}; {how}, run {clean(report.run)}."


def again(one: Judgement, report: Verification) -> str:
    """The command that makes one check again with the same messages."""
    address = one.address
    # What pairs name has no name that says which one it is: its path is what it lies in.
    name = address.path[-1] if address.path and not address.pairs else address.text
    return _repeated(f"{one.check}:{glob.escape(name)}", report)


def all_again(one: Judgement, report: Verification) -> str:
    """The command that makes a check again everywhere."""
    return _repeated(one.check, report)


def _repeated(only: str, report: Verification) -> str:
    environment = shlex.quote(clean(report.environment))
    mode = f" --mode {report.mode}" if report.production or report.mode is not Mode.CLONE else ""
    return f"mqinfra verify -e {environment}{mode} --only {shlex.quote(clean(only))} --seed {report.seed}"


def place_text(one: Judgement | Advice) -> str:
    """What people call the place of a judgement: `rabbitmq queue orders in /shop`."""
    return address_text(one.address)


def address_text(address: Address) -> str:
    """What people call a resource: `kafka topic orders`, `rabbitmq queue orders in /shop`."""
    lies = f" in {clean(place_of(address))}" if place_of(address) else ""
    return f"{clean(address.cluster)} {one_of(address.kind)} {name_text(address)}{lies}"


def kind_text(address: Address) -> str:
    """What a resource is, and where, to stand beside its name: `rabbitmq queue in /shop`."""
    lies = f" in {clean(place_of(address))}" if place_of(address) else ""
    return f"{clean(address.cluster)} {one_of(address.kind)}{lies}"


def name_text(address: Address) -> str:
    """A name as people write it; of a thing without one, what makes it up, with objects of JSON last and plain."""
    if not address.pairs:
        return clean(name_of(address))
    pairs = sorted(address.pairs, key=lambda pair: pair[1].startswith("{"))
    return clean(", ".join(f"{_spaced(key)} {_plain(value)}" for key, value in pairs))


def _spaced(key: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).lower() if key.isalpha() else key


def _plain(value: str) -> str:
    if not value.startswith("{"):
        return value
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return " ".join(f"{key}={item}" for key, item in found.items()) if isinstance(found, dict) else value


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
