"""A diagnosis of what a name means: the groups and queues behind it are looked at side by side."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import click

from mqinfra.cli.console import Console
from mqinfra.cli.workspace import Workspace
from mqinfra.model.address import Address
from mqinfra.model.diagnosis import Diagnoses, Diagnosis
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.monitoring.watched import Role, Watched
from mqinfra.providers.base.verification.examination import Examination
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.render.terminal import clean
from mqinfra.verify.diagnosis.diagnose import causes_of, facts_of

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class _Patient:
    """What is looked at.

    Attributes:
        watched: the resource, or a group on it.
        letters: where its dead letters are.
    """

    watched: Watched
    letters: Watched | None


def diagnosed(workspace: Workspace, name: str, talk: Console, *, peek: bool) -> Diagnoses:
    """Diagnose everything that a name means.

    Args:
        workspace: the project's environment.
        name: a resource or a group, by name or address.
        talk: the console.
        peek: whether to look into messages where that leaves a trace on them.

    Raises:
        click.UsageError: nothing declared has the name.
        UserError: a cluster could not be opened.
    """
    desired, began = workspace.loaded.desired, datetime.now(UTC)
    everything = [
        one
        for alias, broker in sorted(desired.clusters.items())
        for one in workspace.catalogue.providers[broker].watched(
            {address: item for address, item in desired.declarations.items() if address.cluster == alias}
        )
    ]
    wanted = [one for one in everything if name in (one.name, one.consumer, one.address.text)]
    if not wanted:
        names = sorted({text for one in everything for text in (one.name, one.consumer) if text})
        raise click.UsageError(
            f"nothing declared in which messages wait is called `{name}`\n{did_you_mean(name, names)}"
        )
    found: list[Diagnosis] = []
    aliases = {one.address.cluster for one in wanted}
    with ExitStack() as stack, workspace.sessions({a: desired.clusters[a] for a in aliases}) as sessions:
        for alias, session in sorted(sessions.items()):
            messenger = session.messenger()
            if messenger is None:
                talk.info(f"{clean(alias)} is a {session.source.value}: nobody reads there, and nothing waits")
                continue
            stack.callback(messenger.close)
            remedies = workspace.catalogue.providers[session.type].remedies
            some = _patients([one for one in wanted if one.address.cluster == alias], everything, messenger)
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="diagnose") as pool:
                seen = pool.map(lambda one, by=messenger: by.examine(one.watched, one.letters, peek=peek), some)
                for patient, told in zip(some, seen, strict=True):
                    facts = told if told.readers or patient.watched.role is Role.WORK else _unread(told)
                    found.append(
                        Diagnosis(
                            address=patient.watched.address,
                            consumer=patient.watched.consumer,
                            span=patient.watched.span,
                            seconds=round(facts.seconds, 1),
                            facts=facts_of(facts),
                            causes=causes_of(facts, remedies),
                            unread=facts.unread,
                        )
                    )
    return Diagnoses(
        project=desired.project, environment=desired.environment, name=name, began=began, diagnoses=tuple(found)
    )


def _unread(seen: Examination) -> Examination:
    """Facts of letters, or of what waits for its delay: nobody has to read them, so nothing there is behind."""
    return seen.model_copy(update={"lanes": ()})


def _patients(wanted: Sequence[Watched], everything: Sequence[Watched], messenger: Messenger) -> list[_Patient]:
    """Groups by themselves; of a resource every group that reads it, declared or not, and itself where none does."""
    by_address = {one.address: one for one in everything if not one.consumer}
    groups: dict[tuple[str, str], Watched] = {}
    for one in wanted:
        if one.consumer and not one.prefixed:
            groups[one.address.text, one.consumer] = one
            continue
        place = replace(one, consumer="") if one.consumer else one
        there = messenger.readers(place)
        fitting = [group for group in there if not one.consumer or group.startswith(one.consumer)]
        for group in fitting:
            groups.setdefault((one.address.text, group), replace(one, consumer=group, prefixed=False))
    alone = [one for one in wanted if not one.consumer and not any(at == one.address.text for at, _ in groups)]
    return [_Patient(one, _letters(one, by_address)) for one in (*alone, *groups.values())]


def _letters(watched: Watched, by_address: Mapping[Address, Watched]) -> Watched | None:
    if watched.role is Role.DEAD_LETTERS:
        return by_address.get(watched.address)
    return by_address.get(watched.dead_letters) if watched.dead_letters is not None else None
