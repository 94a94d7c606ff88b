"""Whether the registry would take changes: looked up, checked by itself where it can, else by our own rules."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.registry.api.call import Call, RegistryFault
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.compatibility.check import THE_LATEST, Older
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.dialects import LEVEL, MODE
from mqinfra.providers.registry.schemas.located import located
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, Spot
from mqinfra.providers.registry.subjects import checking, fields, versions
from mqinfra.providers.registry.subjects.reading import Defaults, defaults_of, own_level
from mqinfra.providers.registry.subjects.run import numbered
from mqinfra.providers.registry.subjects.spec import GLOBAL, SubjectSpec
from mqinfra.providers.registry.subjects.steps import body_of
from mqinfra.providers.registry.words import WRITABLE

_LOOKED_AT = frozenset((fields.SCHEMA, fields.REFERENCES, fields.TYPE))


def objections(client: RegistryClient, changes: Sequence[Change], facts: Facts) -> list[Objection]:
    """Say what the registry would not take.

    Args:
        client: asks it.
        changes: of subjects.
        facts: what the registry says of itself once the plan is applied.
    """
    building = [one for one in changes if one.after is not None and _registers(one)]
    deletes = [one for one in changes if one.action is Action.DELETE]
    found: list[Objection] = []
    if building:
        planned = {one.address.name: one.wanted(SubjectSpec) for one in building}
        look = _Look(client, defaults_of(client), planned, facts)
        found += [item for some in client.each(building, look.at) for item in some]
    going = {one.address.name for one in deletes}
    found += [item for some in client.each(deletes, lambda one: list(_of_delete(client, one, going))) for item in some]
    return found


def _registers(change: Change) -> bool:
    return change.action is not Action.UPDATE or any(one.path in _LOOKED_AT for one in change.differences)


class _Look:
    """Looks at one change after the other.

    Args:
        client: asks the registry.
        defaults: what holds for the whole registry.
        planned: the subjects that are registered by the same plan, which others may refer to.
        facts: what the registry says of itself once the plan is applied.
    """

    def __init__(
        self, client: RegistryClient, defaults: Defaults, planned: Mapping[str, SubjectSpec], facts: Facts
    ) -> None:
        self._client, self._defaults, self._planned = client, defaults, planned
        self._everywhere = facts.traits.get(LEVEL, defaults.level)
        self._opened = facts.traits.get(MODE) in WRITABLE

    def at(self, change: Change) -> list[Objection]:
        """Say what is wrong with a change."""
        return list(self._wrong(change))

    def _wrong(self, change: Change) -> Iterator[Objection]:
        spec = change.wanted(SubjectSpec)
        texts = versions.texts_of(self._client, spec.references, self._planned)
        new = checking.schema_of(spec, texts)
        if not self._client.dialect.keeps_metadata and (spec.metadata or spec.rule_set):
            words = f"{self._client.dialect.product} drops `metadata` and `ruleSet`: they won't be there afterwards"
            yield Objection(change.address, Problem(words), fields.SCHEMA, unchecked=True)
        if self._client.dialect.marked_json and (unmarked := _unmarked(spec, self._client.dialect.product)) is not None:
            yield Objection(change.address, unmarked, unmarked.path)
        if (closed := self._closed(change, spec)) is not None:
            yield Objection(change.address, closed, closed.path)
            return
        if change.before is None:
            # Without references, the rules have read all of it.
            read = checking.syntax(new) if spec.references or spec.type == "protobuf" else None
            if read is not None:
                yield Objection(change.address, read, read.path)
            return
        numbers = versions.numbers(self._client, change.address.name)
        known = self._registered_as(change.address, spec)
        if known is not None and numbers and known != numbers[-1]:
            yield _not_latest(change.address, known, numbers[-1])
            return
        yield from self._compatible(change, spec, new, numbers)

    def _closed(self, change: Change, spec: SubjectSpec) -> Problem | None:
        """Why the mode in force forbids to register; None where it does not, or is changed first."""
        if not self._client.dialect.enforces_modes or spec.mode in WRITABLE:
            return None
        name, mode = change.address.name, "" if self._opened else self._defaults.mode
        if change.before is not None:
            found = self._client.get("mode", name, defaultToGlobal="false" if self._opened else "true")
            mode = str(found.get("mode")) if isinstance(found, dict) else mode
        return checking.closed(name, mode)

    def _registered_as(self, address: Address, spec: SubjectSpec) -> int | None:
        """The version that the registry takes the schema for; None where it is new to it."""
        body = body_of(spec)
        call = Call("POST", ("subjects", address.name), _normalized(spec), {**body, **numbered(self._client, body)})
        found = self._client.ask(call)
        number = found.get("version") if isinstance(found, dict) else None
        return number if isinstance(number, int) else None

    def _compatible(
        self, change: Change, spec: SubjectSpec, new: Schema, numbers: Sequence[int]
    ) -> Iterator[Objection]:
        name, client = change.address.name, self._client
        own = own_level(client, name, self._defaults)
        pinned = own if isinstance(own, str) else ""
        now = Level.read(pinned or self._defaults.level) or Level.NONE
        wanted = pinned if spec.compatibility is None else spec.compatibility
        level = Level.read(self._everywhere if wanted in ("", GLOBAL) else wanted) or now
        some = numbers[::-1] if level.transitive else numbers[-1:]
        older = [
            Older(schema, THE_LATEST if number == numbers[-1] else f"version {number}")
            for number, schema in versions.schemas(client, name, some)
        ]
        title = THE_LATEST
        judged = checking.judged(new, older, level, client.dialect.rules)
        if isinstance(judged, Problem):
            yield Objection(change.address, judged, judged.path)
            return
        if level is Level.NONE:
            return
        verdict = self._asked(name, spec) if level is now else None
        ours = checking.refusal(judged, title, level)
        if isinstance(verdict, Refusal) or (verdict is None and ours is not None):
            said = verdict.messages if isinstance(verdict, Refusal) else ()
            problem = ours or checking.refusal_without_reason(said, title, level)
            yield Objection(change.address, problem, problem.path)
        elif verdict is None and judged.unchecked:
            why = f"whether the new schema is compatible ({level.value}) can't be told before: {judged.unchecked}"
            yield Objection(change.address, Problem(why), fields.SCHEMA, unchecked=True)

    def _asked(self, name: str, spec: SubjectSpec) -> "Refusal | bool | None":
        """The registry's own verdict: True, or why not; None where it can't be asked for this."""
        if spec.references and not self._client.dialect.checks_references:
            return None
        body = body_of(spec)
        segments = ("compatibility", "subjects", name, "versions")
        query = {"verbose": "true", **_normalized(spec)}
        found = self._client.ask(Call("POST", segments, query, {**body, **numbered(self._client, body)}))
        if isinstance(found, RegistryFault):
            return None  # what can't be checked may register all the same: Apicurio says so of what has references
        if not isinstance(found, dict) or found.get("is_compatible") is True:
            return True
        messages = found.get("messages")
        return Refusal(tuple(str(text) for text in messages) if isinstance(messages, list) else ())


class Refusal:
    """The registry's no.

    Attributes:
        messages: its reasons, where it gives some.
    """

    def __init__(self, messages: tuple[str, ...]) -> None:
        self.messages = messages


def _unmarked(spec: SubjectSpec, product: str) -> Problem | None:
    """A JSON Schema that would not be taken for one; None of any other."""
    if spec.type != "json":
        return None
    try:
        top = located(spec.definition).value
    except SchemaError:  # said elsewhere
        return None
    if isinstance(top, dict) and ("properties" in top or "json-schema.org" in str(top.get("$schema"))):
        return None
    words = f"{product} takes a JSON Schema for one only if `$schema` or `properties` stand at its top"
    return Problem(words, 'add `"$schema": "http://json-schema.org/draft-07/schema#"`', fields.place_of(Spot(1, 1)))


def _normalized(spec: SubjectSpec) -> dict[str, str]:
    return {"normalize": "true"} if spec.normalize else {}


def _not_latest(address: Address, known: int, latest: int) -> Objection:
    words = (
        f"the schema is registered as version {known} already, and version {latest} is the latest: registering it "
        "again would not make it the latest"
    )
    hint = "somebody registered another one since, perhaps a producer by itself: declare that one, or delete it"
    return Objection(address, Problem(words, hint), fields.SCHEMA)


def _of_delete(client: RegistryClient, change: Change, going: set[str]) -> Iterator[Objection]:
    """Refuse to delete what another subject refers to."""
    users: dict[str, None] = {}
    for number in versions.numbers(client, change.address.name):
        ids = client.get("subjects", change.address.name, "versions", str(number), "referencedby")
        for one in ids if isinstance(ids, list) else []:
            users.update(dict.fromkeys(_users(client, one)))
    lasting = client.dialect.deleted_refer
    others = sorted(name for name in users if lasting or name.strip("`") not in going)
    if not others:
        return
    hint = "remove that reference, or delete both in one plan"
    if lasting:
        hint = f"remove that reference; {client.dialect.product} heeds it until the other subject is deleted for good"
    yield Objection(change.address, Problem(f"{', '.join(others)} refers to it", hint))


def _users(client: RegistryClient, identity: JsonValue) -> list[str]:
    found = client.get("schemas", "ids", str(identity), "versions")
    names = (
        [str(one["subject"]) for one in found if isinstance(one, dict) and "subject" in one]
        if isinstance(found, list)
        else []
    )
    return [f"`{name}`" for name in names] or [f"another subject's schema (id {identity})"]
