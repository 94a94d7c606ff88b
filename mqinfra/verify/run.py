"""One run: which checks the topology gives rise to, the procedures that they need, and what came of them.

Clusters are verified side by side. On one cluster a few procedures run at once, since they mostly wait; those that
measure or disturb run by themselves afterwards. A procedure is carried out once per place for all its checks.
"""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Facts, Reading
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.check import Asked, Case, Check, Skipped
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import About, Place, cluster_place
from mqinfra.providers.base.verification.procedure import Compared, Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedGround
from mqinfra.verify.codecs import Codecs
from mqinfra.verify.conclude import judged, skipped, undecided
from mqinfra.verify.history import History, Page
from mqinfra.verify.lists import Wish
from mqinfra.verify.modes import amount_in, mode_of
from mqinfra.verify.options import Options
from mqinfra.verify.promises import unproven, with_promises

AT_ONCE = 4


@dataclass(frozen=True)
class Subject:
    """A cluster with what is declared on it.

    Attributes:
        alias: its alias.
        facts: what it says of itself.
        messenger: what sends messages through it; None where none can be sent.
        declared: what is declared there.
        reading: what was read of it.
        checks: the checks that are known for it.
        plan: what would change there; None where no plan was made.
    """

    alias: str
    facts: Facts
    messenger: Messenger | None
    declared: Mapping[Address, Declaration]
    reading: Reading
    checks: Sequence[Check]
    plan: Plan | None = None

    @cached_property
    def changes(self) -> Mapping[Address, Change]:
        """What would change, by address."""
        return {one.address: one for one in self.plan.changes} if self.plan is not None else {}

    def compared(self, address: Address) -> Compared:
        """What the plan says of a resource."""
        if self.plan is None:
            return Compared(unseen="no plan was made")
        return Compared(self.changes.get(address), self.reading.denied.get(address, ""))


@dataclass(frozen=True, slots=True)
class Step:
    """A procedure on a place, with the checks that it serves, and the resource that a copy is made of."""

    procedure: Procedure
    place: Place
    source: Place
    mode: Mode
    messenger: Messenger | None
    checks: tuple[tuple[Check, Asked], ...]


Told = Callable[[Step, Sequence[Judgement]], None]
"""Hears of every step when it is over."""


def verify(
    subjects: Sequence[Subject],
    options: Options,
    run: Run,
    history: History,
    told: Told,
    stop: threading.Event,
) -> list[Judgement]:
    """Make every check that is asked for and that the topology gives rise to.

    Args:
        subjects: the clusters.
        options: how.
        run: whose names everything gets.
        history: where everything that is done is written.
        told: hears of every step when it is over.
        stop: set when nothing new shall be begun.

    Returns:
        One judgement per check and place, by address and check.
    """
    found: list[Judgement] = []
    lock, codecs = threading.Lock(), Codecs(subjects)

    def on(subject: Subject) -> None:
        steps, passed_over = steps_of(subject, options)
        with lock:
            found.extend(passed_over)

        def walk(step: Step) -> None:
            if stop.is_set():
                came = [
                    undecided(check, asked, step.place, step.mode, "the run was stopped")
                    for check, asked in step.checks
                ]
            else:
                came = carried_out(step, subject, options, run, history, codecs)
            with lock:
                found.extend(came)
                told(step, came)

        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"verify-{subject.alias}") as pool:
            list(pool.map(walk, [step for step in steps if not (step.procedure.alone or step.procedure.last)]))
        for step in steps:
            if step.procedure.alone and not step.procedure.last:
                walk(step)
        for step in steps:
            if step.procedure.last:
                walk(step)

    with ThreadPoolExecutor(max(1, len(subjects)), thread_name_prefix="verify") as clusters:
        list(clusters.map(on, subjects))
    return sorted(found, key=lambda one: (str(one.address), one.check))


def places_of(subject: Subject, options: Options) -> list[Place]:
    """What is verified on a cluster: the places of its messenger, its other declared resources, and itself."""
    some = subject.messenger.places(subject.declared, subject.reading) if subject.messenger is not None else ()
    told = [with_promises(place, subject.declared, options.promised) for place in some]
    whole = cluster_place(subject.alias, subject.facts.endpoint)
    known = {place.address for place in told}
    others = [
        with_promises(_other(address, item), subject.declared, options.promised)
        for address, item in subject.declared.items()
        if address not in known
    ]
    return [
        replace(one, lab=options.lab, reaches=options.reach)
        for one in (*([] if whole.address in known else [whole]), *told, *others)
    ]


def _other(address: Address, item: Declaration) -> Place:
    name = address.path[-1] if address.path else address.text
    return Place(address, name, item, about=About.RESOURCE, unfit="no messages go through it")


def steps_of(subject: Subject, options: Options) -> tuple[list[Step], list[Judgement]]:
    """What has to be done on a cluster, and the checks that can't be made there."""
    needed: dict[tuple[type[Procedure], Address], list[tuple[Check, Asked]]] = defaultdict(list)
    passed_over: list[Judgement] = []
    proven: dict[Address, set[str]] = defaultdict(set)
    trouble = subject.messenger.trouble() if subject.messenger is not None else ()
    everything = places_of(subject, options)
    sends = subject.messenger is not None
    places = {place.address: place for place in everything}
    sources = {place.address: _source(place, everything) for place in everything}
    for place in everything:
        for check in subject.checks:
            asked = check.asked(place) if place.about in check.about else None
            if asked is None:
                continue
            proven[place.address].add(asked.promise)
            if not _wished(options.wishes, check, place):
                continue
            mode, why = mode_of(check.procedure(), sources[place.address], options, sends=sends)
            if isinstance(asked, Skipped):
                passed_over.append(skipped(check, place, asked))
            elif mode is None:
                passed_over.append(skipped(check, place, Skipped(asked.requirement, why, asked.promise)))
            elif trouble and mode is not Mode.PASSIVE:
                why = f"nothing is sent while {'; '.join(trouble)}"
                passed_over.append(undecided(check, asked, place, mode, why))
            else:
                needed[check.procedure, place.address].append((check, asked))
    passed_over += unproven(places.values(), proven, options.wishes, sends=sends)
    steps = []
    for (make, address), checks in needed.items():
        procedure, place, source = make(), places[address], sources[address]
        mode, _ = mode_of(procedure, source, options, sends=sends)
        if mode is not None:
            steps.append(Step(procedure, place, source, mode, subject.messenger, tuple(checks)))
    return steps, passed_over


def _source(place: Place, everything: Sequence[Place]) -> Place:
    """What a copy is made of: the resource itself; for a cluster or a guest the first resource that can be copied."""
    if place.about is not About.CLUSTER and not place.guest:
        return place
    return next((one for one in everything if one.about is About.MESSAGES and not one.unfit), place)


def carried_out(
    step: Step, subject: Subject, options: Options, run: Run, history: History, codecs: Codecs
) -> list[Judgement]:
    """Carry a procedure out and judge what came of it."""
    address = step.place.address
    began = time.monotonic()
    page = Page(history, step.procedure.name, address)
    cut_short, amount = "", amount_in(step.mode, options.amount)
    seconds_left = max(amount.seconds, step.procedure.seconds)
    try:
        with _ground(step, run) as ground:
            trial = Trial(
                place=step.place,
                mode=step.mode,
                messenger=step.messenger,
                made=RecordedGround(ground, page, options.amount.rate) if ground is not None else None,
                amount=amount,
                chance=random.Random(f"{options.seed}:{step.procedure.name}:{address}"),  # noqa: S311 - repeatable, no secret
                notes=page,
                deadline=time.monotonic() + seconds_left,
                compared=subject.compared(address),
                run=run,
                bare=ground,
                codecs=codecs.of(step.source),
            )
            step.procedure.carry_out(trial)
            if not trial.left:
                cut_short = f"not finished within {seconds_left:g} s"
    except UserError as error:
        cut_short = "; ".join(one.message for one in error.diagnostics) or "it could not be carried out"
    seconds = time.monotonic() - began
    operations = history.of(step.procedure.name, address)
    if not operations:
        why = cut_short or "nothing was observed"
        return [undecided(check, asked, step.place, step.mode, why) for check, asked in step.checks]
    case = Case(step.place, step.mode, subject.facts, operations, amount, cut_short)
    return [judged(check, asked, case, seconds) for check, asked in step.checks]


def _ground(step: Step, run: Run) -> AbstractContextManager[Ground[Place] | None]:
    if step.mode is Mode.PASSIVE or step.messenger is None:
        return nullcontext()
    return step.messenger.ground(step.source, step.mode, run)


def worst(judgements: Sequence[Judgement]) -> Result:
    """The gravest result."""
    order = (Result.FAIL, Result.INCONCLUSIVE, Result.PASS, Result.SKIPPED)
    return min((one.result for one in judgements), key=order.index, default=Result.SKIPPED)


def _wished(wishes: Sequence[Wish], check: Check, place: Place) -> bool:
    return not wishes or any(wish.takes(check, place.address) for wish in wishes)
