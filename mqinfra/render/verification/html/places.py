"""What was checked, by resource: what failed stands open and first, what passed is folded to one line each."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from mqinfra.model.address import Address
from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.verification import Verification
from mqinfra.render.terminal import plural
from mqinfra.render.verification.html.safe import prose, text
from mqinfra.render.verification.shared_cause import shared_causes
from mqinfra.render.verification.words import (
    METHODS,
    ORDER,
    TITLES,
    again,
    kind_text,
    name_text,
    place_text,
    where_text,
)

_OPEN = (Result.FAIL, Result.INCONCLUSIVE)
_COPY = (
    '<button type="button" class="copy" aria-label="Copy"><svg viewBox="0 0 20 20" aria-hidden="true">'
    '<rect x="7" y="7" width="9" height="10" rx="2"/><path d="M4 13V5a2 2 0 0 1 2-2h7"/></svg></button>'
)


def places(report: Verification) -> str:
    """Write the checks by resource.

    Resources come by their worst result, those that may fail because of another later, then as the manifests declare
    them. Those of which only one check that many share was made, and passed, stand in a list.
    """
    by_place: dict[Address, list[Judgement]] = defaultdict(list)
    for one in report.judgements:
        by_place[one.address].append(one)
    alone = [some[0] for some in by_place.values() if len(some) == 1 and some[0].result is Result.PASS]
    usual = Counter((one.check, one.requirement) for one in alone).most_common(1)
    plain = [one for one in alone if usual and (one.check, one.requirement) == usual[0][0]]
    listed = {one.address for one in plain} if len(plain) > 1 else set()
    shared = shared_causes(report)
    ranked = sorted(
        (some for address, some in by_place.items() if address not in listed), key=lambda some: _rank(some, shared)
    )
    cards = "".join(_place(some, report, shared) for some in ranked)
    nothing = '<p class="none" id="none" hidden>No check matches. Clear the search or the filter.</p>'
    return f"{cards}{_listed(plain) if listed else ''}{nothing}"


def command(line: str) -> str:
    """A line to run or to paste, with a button that copies it."""
    return f'<span class="command"><code>{text(line)}</code>{_COPY}</span>'


def _rank(
    some: Sequence[Judgement], shared: Mapping[tuple[str, str], str]
) -> tuple[int, bool, bool, str, int, Address]:
    span = next((one.span for one in some if one.span is not None), None)
    worst = min(ORDER.index(one.result) for one in some)
    failed = [one for one in some if one.result is Result.FAIL]
    follows = bool(failed) and all((one.address.text, one.check) in shared for one in failed)
    return worst, follows, span is None, span.file if span else "", span.line if span else 0, some[0].address


def _place(some: Sequence[Judgement], report: Verification, shared: Mapping[tuple[str, str], str]) -> str:
    address = some[0].address
    where = next((where_text(one) for one in some if one.span is not None), "")
    ordered = sorted(some, key=lambda one: (ORDER.index(one.result), one.check))
    checks = "".join(_check(one, report, where, shared) for one in ordered)
    counts = Counter(one.result for one in some)
    told = "".join(
        f'<span class="badge {result.value}">{counts[result]:,} {TITLES[result].lower()}</span>'
        for result in ORDER
        if counts[result]
    )
    opened = " open" if any(counts[result] for result in _OPEN) else ""
    return (
        f'<details class="place"{opened}><summary><h3>{text(name_text(address))}</h3>'
        f'<span class="kind">{text(kind_text(address))}</span><span class="told">{told}</span>'
        f'<span class="at mono">{text(where)}</span></summary>{checks}</details>'
    )


def _listed(some: Sequence[Judgement]) -> str:
    lines = "".join(
        f'<li class="row" data-result="{one.result.value}" data-text="{_words(one)}">'
        f'<span class="item">{text(name_text(one.address))}</span><span class="kind">{text(kind_text(one.address))}'
        f'</span><span class="at mono">{text(where_text(one))}</span></li>'
        for one in sorted(some, key=lambda one: _rank([one], {}))
    )
    first = some[0]
    return (
        f'<details class="place"><summary><h3 class="words">{plural(len(some), "other resource")}</h3>'
        f'<span class="kind">{text(f"{first.check} {first.name}: {first.requirement}")}</span><span class="told">'
        f'<span class="badge pass">{len(some):,} passed</span></span></summary><ul class="rows">{lines}</ul></details>'
    )


def _words(one: Judgement) -> str:
    """What a search looks in."""
    kind = f"{one.address.kind} {one.address.text}"
    said = f"{one.check} {one.name} {place_text(one)} {kind} {where_text(one)} {one.requirement} {one.evidence}"
    return text(said.lower())


def _check(one: Judgement, report: Verification, where: str, shared: Mapping[tuple[str, str], str]) -> str:
    rows = [("Expected", prose(one.requirement))]
    if one.offenders:
        rows.append(("Affected", _offenders(one)))
    if one.result is Result.FAIL:
        root = shared.get((one.address.text, one.check))
        rows += [("Related", prose(root))] if root else []
        rows += (
            [("Likely causes" if len(one.causes) > 1 else "Likely cause", _bullets(one.causes))] if one.causes else []
        )
        rows += [("Fix", prose(one.fix))] if one.fix else []
    if one.span is not None and where_text(one) != where:
        rows.append(("Manifest", f"<code>{text(where_text(one))}</code>"))
    if one.result is Result.PASS and one.open:
        rows.append(("Limits", prose(one.open)))
    if one.mode is not None:
        how = f"{METHODS[one.mode]}, {plural(one.samples, 'observation')}, {one.seconds:.1f} s"
        rows.append(("Method", text(how)))
    rows.append(("Rerun", command(again(one, report))))
    shown = "".join(f"<dt>{name}</dt><dd>{said}</dd>" for name, said in rows)
    return (
        f'<details class="check" data-result="{one.result.value}" data-text="{_words(one)}"'
        f"{' open' if one.result is Result.FAIL else ''}><summary>"
        f'<span><span class="badge {one.result.value}">{TITLES[one.result].lower()}</span></span>'
        f'<span class="name"><i>{text(one.check)}</i>{text(one.name)}</span>'
        f'<span class="seen">{prose(one.evidence)}</span></summary><dl>{shown}</dl></details>'
    )


def _offenders(one: Judgement) -> str:
    """Names as code; sentences with names in them as such, each in a line."""
    sentences = any("`" in said for said in one.offenders)
    some = [prose(said) if sentences else f"<code>{text(said)}</code>" for said in one.offenders]
    more = f" and {one.more:,} more" if one.more else ""
    return f"{('<br>' if sentences else ', ').join(some)}{more}"


def _bullets(some: Sequence[str]) -> str:
    if len(some) == 1:
        return prose(some[0])
    return f'<ul class="bullets">{"".join(f"<li>{prose(one)}</li>" for one in some)}</ul>'
