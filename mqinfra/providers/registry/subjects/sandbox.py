"""What a registry makes of a change of a subject, for the sandbox and for plans against a snapshot.

A snapshot holds the latest version only, so that a transitive level is held against that one alone.
"""

from mqinfra.model.change import Change
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import set_and_remove
from mqinfra.providers.registry.compatibility.check import THE_LATEST, Older
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.dialects import LEVEL, MODE, dialect_of
from mqinfra.providers.registry.schemas.meaning import same
from mqinfra.providers.registry.subjects import checking, steps
from mqinfra.providers.registry.subjects.spec import GLOBAL, SubjectSpec
from mqinfra.providers.registry.words import WRITABLE


def simulate(change: Change, live: SubjectSpec | None, facts: Facts) -> SubjectSpec | Problem | None:
    """Do what a registry would do."""
    if change.after is None:
        return None
    wanted = change.wanted(SubjectSpec)
    problem = _closed(change, wanted, live, facts) or _refused(wanted, live, facts)
    if problem is not None:
        return problem
    made = set_and_remove(SubjectSpec, change, live)
    data = made.to_json() if made is not None else {}
    data.pop("normalize", None)
    for name in ("compatibility", "mode"):
        if data.get(name) in (GLOBAL, None):
            data.pop(name, None)
    return SubjectSpec.model_validate(data)


def _closed(change: Change, wanted: SubjectSpec, live: SubjectSpec | None, facts: Facts) -> Problem | None:
    if not dialect_of(facts).enforces_modes or wanted.mode in WRITABLE or not steps.registers(change):
        return None
    own = live.mode if live is not None and live.mode != GLOBAL else None
    return checking.closed(change.address.name, own or facts.traits.get(MODE, "READWRITE"))


def level_of(wanted: SubjectSpec, live: SubjectSpec | None, facts: Facts) -> Level:
    """The level that a new schema is held against: the declared one, else the subject's, else the registry's."""
    everywhere = facts.traits.get(LEVEL, dialect_of(facts).level)
    said = wanted.compatibility or (live.compatibility if live is not None else None)
    return Level.read(everywhere if said in (None, GLOBAL) else said) or Level.NONE


def _refused(wanted: SubjectSpec, live: SubjectSpec | None, facts: Facts) -> Problem | None:
    new = checking.schema_of(wanted)
    if live is None:
        return checking.syntax(new)
    dialect = dialect_of(facts)
    old = checking.schema_of(live)
    if new.type is old.type and same(new.type, old.text, new.text, docs=dialect.keeps_avro_docs):
        return None
    level = level_of(wanted, live, facts)
    judged = checking.judged(new, (Older(old, THE_LATEST),), level, dialect.rules)
    return judged if isinstance(judged, Problem) else checking.refusal(judged, THE_LATEST, level)
