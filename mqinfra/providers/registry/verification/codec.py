"""Payloads of a subject's schema as clients write and read them: the id is asked for, and nothing is registered."""

import random
import threading
from collections.abc import Mapping

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.codec import Codec, PayloadError
from mqinfra.providers.registry.api.call import Call, RegistryFault
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.payloads.frame import MOST, framed, unframed
from mqinfra.providers.registry.payloads.language import Language
from mqinfra.providers.registry.payloads.languages import language_of
from mqinfra.providers.registry.schemas.meaning import same
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, SchemaType, UncheckedError
from mqinfra.providers.registry.subjects.run import numbered
from mqinfra.providers.registry.subjects.spec import SchemaReference, SubjectSpec
from mqinfra.providers.registry.subjects.steps import body_of
from mqinfra.providers.registry.subjects.versions import references_in, texts_of

_ENCRYPTING = ("ENCRYPT", "ENCRYPT_PAYLOAD")
_UNUSED = 1_000_000
"""How many of the highest ids one is taken from that no registry has come to."""


class RegistryCodec(Codec):
    """Payloads of one subject.

    Args:
        client: the registry.
        subject: the subject.
        spec: what is declared of it; None where its latest version in the registry is meant.
    """

    def __init__(self, client: RegistryClient, subject: Address, spec: SubjectSpec | None) -> None:
        self.subject = subject
        self._client, self._spec = client, spec
        self._lock = threading.Lock()
        self._looked_up: tuple[Known, str] | None = None
        self._language: Language | None = None
        self._id = -1
        self._writers: dict[int, Schema] = {}

    @override
    def look_up(self) -> tuple[Known, str]:
        with self._lock:
            if self._looked_up is None:
                try:
                    self._looked_up = self._found()
                except UserError as error:
                    return Known.UNKNOWN, error.diagnostics[0].message
            return self._looked_up

    def _found(self) -> tuple[Known, str]:
        told = self._registered()
        if isinstance(told, RegistryFault):
            if _missing(told):
                return Known.FAILED, f"the registry does not have the schema: {told.message}"
            return Known.UNKNOWN, told.message
        schema = self._schema_in(told)
        try:
            self._language = language_of(schema, self.subject.name)
        except SchemaError as error:
            return Known.FAILED, error.reason
        except UncheckedError as error:
            return Known.UNKNOWN, str(error)
        self._id = int(str(told["id"]))
        sealed = self._spec is not None and _encrypts(self._spec)
        note = ", whose rules encrypt fields that canaries have in the clear" if sealed else ""
        return Known.OK, f"schema {self._id}{note}"

    def _registered(self) -> dict[str, JsonValue] | RegistryFault:
        """The declared schema with its id, as the registry has it."""
        name = self.subject.name
        if self._spec is None:
            return self._latest()
        body = body_of(self._spec)
        query = {"normalize": "true"} if self._spec.normalize else {}
        found = self._client.ask(Call("POST", ("subjects", name), query, {**body, **numbered(self._client, body)}))
        if isinstance(found, RegistryFault):
            # A server that keeps a schema in another form than it was given may not know the declared text again, and
            # Apicurio takes some schemas with references for invalid where it does not register them.
            latest = self._latest()
            if not isinstance(latest, RegistryFault) and self._is_declared(latest):
                return latest
        return found if isinstance(found, RegistryFault) else _mapping(found)

    def _latest(self) -> dict[str, JsonValue] | RegistryFault:
        found = self._client.get("subjects", self.subject.name, "versions", "latest")
        return found if isinstance(found, RegistryFault) else _mapping(found)

    def _is_declared(self, body: Mapping[str, JsonValue]) -> bool:
        kind = SchemaType.of(body.get("schemaType"))
        return (
            self._spec is not None
            and kind.value == self._spec.type
            and same(kind, str(body.get("schema")), self._spec.definition, docs=self._client.dialect.keeps_avro_docs)
        )

    def _schema_in(self, body: Mapping[str, JsonValue]) -> Schema:
        if self._spec is not None:
            return self._schema(SchemaType(self._spec.type), self._spec.definition, self._spec.references)
        return self._schema(SchemaType.of(body.get("schemaType")), str(body.get("schema")), references_in(body))

    def _schema(self, kind: SchemaType, text: str, references: tuple[SchemaReference, ...]) -> Schema:
        texts = texts_of(self._client, references, {})
        return Schema(kind, text, texts, frozenset({one.name for one in references} - texts.keys()))

    @override
    def written(self, chance: random.Random) -> bytes:
        try:
            body = self._speaking().made(chance)
        except SchemaError as error:
            raise PayloadError(f"the schema can't be read: {error.reason}") from None
        return framed(self._id, body)

    @override
    def refusal(self, chance: random.Random) -> str | None:
        return self._speaking().refusal(chance)

    @override
    def spoilt(self, chance: random.Random) -> Mapping[str, bytes]:
        unused = MOST - chance.randrange(_UNUSED)
        return {
            "without a schema id": b"mqinfra canary",
            "with an unknown schema id": framed(unused, unframed(self.written(chance))[1]),
        }

    @override
    def read_again(self, payload: bytes) -> bytes:
        number, body = unframed(payload)
        try:
            again = self._speaking().read_again(body, self._writer(number))
        except SchemaError as error:
            raise PayloadError(f"schema {number} can't be read: {error.reason}") from None
        except UncheckedError as error:
            raise PayloadError(f"schema {number} can't be looked into: {error}", Known.UNKNOWN) from None
        except UserError as error:
            raise PayloadError(error.diagnostics[0].message, Known.UNKNOWN) from None
        return framed(self._id, again)

    def _writer(self, number: int) -> Schema:
        """The schema that wrote a payload, by its id."""
        if number not in self._writers:
            found = self._client.get("schemas", "ids", str(number))
            if isinstance(found, RegistryFault):
                known = Known.FAILED if _missing(found) else Known.UNKNOWN
                raise PayloadError(f"the registry gives no schema {number}: {found.message}", known)
            body = _mapping(found)
            kind = SchemaType.of(body.get("schemaType"))
            self._writers[number] = self._schema(kind, str(body.get("schema")), references_in(body))
        return self._writers[number]

    def _speaking(self) -> Language:
        known, why = self.look_up()
        if self._language is None:
            raise PayloadError(why, known)
        return self._language


def _encrypts(spec: SubjectSpec) -> bool:
    """Whether rules of a data contract have clients encrypt what they write."""
    rules = [rule for some in spec.rule_set.values() if isinstance(some, list) for rule in some]
    return any(isinstance(rule, dict) and str(rule.get("type", "")).upper() in _ENCRYPTING for rule in rules)


def _missing(fault: RegistryFault) -> bool:
    """Whether it is the registry that does not know a schema: a proxy before it, which says the same, knows no code."""
    return fault.absent and fault.error_code != 0


def _mapping(body: object) -> dict[str, JsonValue]:
    return body if isinstance(body, dict) else {}
