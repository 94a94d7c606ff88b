"""Judging a new schema by our own rules: the same sentence for a real registry, a snapshot and a sandbox."""

from collections.abc import Sequence

from mqinfra.model.setting import Problem
from mqinfra.providers.registry.compatibility.check import Judgement, Older, judge
from mqinfra.providers.registry.compatibility.finding import Finding
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.compatibility.rules import Rules
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, SchemaType
from mqinfra.providers.registry.schemas.syntax import problem_of
from mqinfra.providers.registry.subjects import fields
from mqinfra.providers.registry.subjects.spec import SubjectSpec

_WAY_OUT = "make the change compatible; to break consumers on purpose, write `compatibility: NONE` for this one change"


def schema_of(spec: SubjectSpec, texts: dict[str, str] | None = None) -> Schema:
    """The schema of a subject.

    Args:
        spec: the subject.
        texts: texts of what it refers to, by the names that it uses; None where none is known.
    """
    names = {one.name for one in spec.references}
    known = texts or {}
    return Schema(SchemaType(spec.type), spec.definition, known, frozenset(names - known.keys()))


def judged(new: Schema, older: Sequence[Older], level: Level, rules: Rules) -> Judgement | Problem:
    """Hold a schema against older ones, or say why it can't be read."""
    try:
        return judge(new, older, level, rules)
    except SchemaError as error:
        return unreadable(error)


def unreadable(error: SchemaError) -> Problem:
    """A schema that is none."""
    return Problem(f"the schema can't be registered: {error.reason}", "correct the schema", fields.place_of(error.spot))


def refusal(judgement: Judgement, title: str, level: Level) -> Problem | None:
    """Why a new schema would be refused; None where nothing was found."""
    if not judgement.findings:
        return None
    return Problem(judgement.sentence(title, level), _WAY_OUT, fields.place_of(judgement.spot))


def refusal_without_reason(said: Sequence[str], title: str, level: Level) -> Problem:
    """Why a new schema would be refused, by the registry's word alone."""
    texts = [" ".join(text.split()) for text in said] or ["the registry gives no reason"]
    return Problem(Judgement(tuple(map(Finding, texts))).sentence(title, level), _WAY_OUT, fields.SCHEMA)


def closed(name: str, mode: str) -> Problem | None:
    """Why a mode forbids to register; None where it does not."""
    if mode not in ("READONLY", "IMPORT"):
        return None
    why = f"`{name}` is in mode {mode}, which forbids to register schemas"
    return Problem(why, "write `mode: READWRITE`, or ask whoever set it", fields.MODE)


def syntax(new: Schema) -> Problem | None:
    """Why a schema would not be taken, whatever was registered before it."""
    error = problem_of(new)
    return None if error is None else unreadable(error)
