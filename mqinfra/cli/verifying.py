"""A verification of a workspace: sessions and messengers, progress, an end when somebody asks for it, and clean-up."""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType

from mqinfra import __version__
from mqinfra.cli.console import Console
from mqinfra.cli.planning import Planned
from mqinfra.cli.workspace import Workspace
from mqinfra.model.code import Code
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.verification import Advice, Unasked, Verification, VerifiedCluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.render.terminal import clean
from mqinfra.render.verification.json_form import VerificationFileError, read_verification
from mqinfra.verify.advice import advised
from mqinfra.verify.history import History, Sink
from mqinfra.verify.latencies import latencies_of
from mqinfra.verify.lists import checks_of
from mqinfra.verify.options import Options
from mqinfra.verify.run import Step, Subject, verify, worst

REPORT_FILE = Code(
    "MQ186",
    "a file is no report of a verification",
    "`verify --compare FILE` reads what `verify -o json=FILE` wrote.",
    bad="mqinfra verify --compare plan.json\n",
    good="mqinfra verify -o json=before.json\nmqinfra verify --compare before.json\n",
)


def verified(workspace: Workspace, found: Planned, options: Options, file: Sink | None, talk: Console) -> Verification:
    """Verify what is declared on the clusters that could be read.

    Args:
        workspace: the project's environment.
        found: what a plan would change, and the open sessions.
        options: how.
        file: where the history is written; None for nowhere.
        talk: the console, for progress.

    Raises:
        UserError: a cluster takes no messages.
    """
    run, history, began = Run.new(), History(file), time.monotonic()
    clusters: list[VerifiedCluster] = []
    advice: list[Advice] = []
    with ExitStack() as stack, _stopping(talk) as stop:
        subjects = []
        for alias, session in sorted(found.survey.sessions.items()):
            messenger = _messenger(session, stack)
            subject = _subject(workspace, found, session, messenger)
            subjects.append(subject)
            if not options.wishes:
                advice += _advice(workspace, session, subject, talk)
            clusters.append(
                VerifiedCluster(
                    alias=alias,
                    type=session.type,
                    version=session.facts.version,
                    endpoint=session.facts.endpoint,
                    source=session.source,
                    trouble=messenger.trouble() if messenger is not None else (),
                )
            )
        judgements = verify(subjects, options, run, history, lambda step, came: _told(step, came, talk), stop)
        left = [name for subject in subjects for name in _left(subject, run)]
        interrupted = stop.is_set()
    desired = workspace.loaded.desired
    return Verification(
        run=run.id,
        project=desired.project,
        environment=desired.environment,
        began=run.began,
        seconds=round(time.monotonic() - began, 1),
        seed=options.seed,
        mode=options.mode,
        production=options.production,
        clusters=tuple(clusters),
        judgements=tuple(judgements),
        advice=tuple(advice),
        left=tuple(left),
        latencies=latencies_of(history),
        operations=len(history),
        interrupted=interrupted,
        tool=__version__,
        unasked=() if options.wishes else unasked(subjects, judgements),
    )


def read_report(path: Path) -> Verification:
    """Read a report that `-o json` wrote.

    Raises:
        UserError: it can't be read, or is none.
    """
    try:
        return read_verification(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, VerificationFileError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        found = REPORT_FILE.at(f"`{path}` is no report of a verification: {why}", help="name one that `-o json` wrote")
        raise UserError([found]) from None


def collected(workspace: Workspace, age: timedelta, talk: Console) -> ExitCode:
    """Delete what runs left behind on the clusters of a workspace that began longer than `age` ago.

    Raises:
        UserError: a cluster could not be opened.
    """
    number = 0
    with ExitStack() as stack, workspace.sessions(workspace.loaded.desired.clusters) as sessions:
        for alias, session in sessions.items():
            messenger = _messenger(session, stack)
            for name in messenger.collect(age) if messenger is not None else ():
                number += 1
                talk.data(f"deleted {alias}: {clean(name)}\n")
    talk.info(f"{number:,} deleted" if number else "nothing to delete")
    return ExitCode.OK


def _left(subject: Subject, run: Run) -> list[str]:
    """What of a run is still there; a broker that died meanwhile can't say, and the report is made all the same."""
    if subject.messenger is None:
        return []
    try:
        return [f"{subject.alias}: {name}" for name in subject.messenger.left() if run.id in name]
    except UserError as error:
        return [f"{subject.alias}: could not be listed ({error.diagnostics[0].message})"]


def _messenger(session: Session, stack: ExitStack) -> Messenger | None:
    messenger = session.messenger()
    if messenger is not None:
        stack.callback(messenger.close)
    return messenger


def _subject(workspace: Workspace, found: Planned, session: Session, messenger: Messenger | None) -> Subject:
    declared = {
        address: item
        for address, item in workspace.loaded.desired.declarations.items()
        if address.cluster == session.alias
    }
    checks = checks_of([workspace.catalogue.providers[session.type].checks])
    return Subject(
        session.alias, session.facts, messenger, declared, found.survey.readings[session.alias], checks, found.plan
    )


def unasked(subjects: Sequence[Subject], judgements: Sequence[Judgement]) -> tuple[Unasked, ...]:
    """The checks that only an option or a promise gives rise to, and that came to no judgement anywhere."""
    made = {one.check for one in judgements}
    known = {check.id: check for one in subjects if one.messenger is not None for check in one.checks if check.option}
    return tuple(
        Unasked(check=check.id, name=check.name, proves=check.proves, option=check.option)
        for _, check in sorted(known.items())
        if check.id not in made
    )


def _advice(workspace: Workspace, session: Session, subject: Subject, talk: Console) -> tuple[Advice, ...]:
    """What is recommended on a cluster; where it tells no figures, by its settings alone."""
    provider = workspace.catalogue.providers[session.type]
    usages = provider.usages(subject.declared, subject.reading)
    if subject.messenger is not None:
        try:
            usages = subject.messenger.measured(usages)
        except UserError as error:
            why = error.diagnostics[0].message
            talk.info(f"advice on {clean(subject.alias)} rests on settings alone: {clean(why)}")
    return advised(provider.advisers, usages, subject.declared)


def _told(step: Step, came: Sequence[Judgement], talk: Console) -> None:
    if step.mode is Mode.PASSIVE and worst(came) in {Result.PASS, Result.SKIPPED}:
        return  # thousands of resources are only looked at
    talk.info(f"{worst(came).value:<13}{clean(step.place.address.text)}: {step.procedure.name}")


@contextmanager
def _stopping(talk: Console) -> Iterator[threading.Event]:
    """Begin nothing new after Ctrl-C; what was made is taken away all the same."""
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        talk.info("interrupted: beginning nothing new, taking away what was made (interrupt again to stop at once)")

    old = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
