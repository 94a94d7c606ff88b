"""JSON Schema: values by chance that jsonschema takes, written as JSON."""

import json
import random
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from mqinfra.providers.base.verification.codec import PayloadError
from mqinfra.providers.registry.payloads.json_values import EVERY_TYPE, JsonValues, misfits
from mqinfra.providers.registry.payloads.language import Language
from mqinfra.providers.registry.schemas.located import plain
from mqinfra.providers.registry.schemas.payload import problem_in, validator_of
from mqinfra.providers.registry.schemas.schema import Schema

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_TRIES = 50


class JsonLanguage(Language):
    """Payloads of a JSON Schema.

    Raises:
        SchemaError: it is no JSON Schema.
        UncheckedError: jsonschema is not installed, or it refers to what is not known here.
    """

    def __init__(self, schema: Schema) -> None:
        self._validator: Validator = validator_of(schema)
        self._schema: Any = plain(schema.text)
        self._values = JsonValues(self._schema, {name: plain(text) for name, text in schema.references.items()})

    @override
    def made(self, chance: random.Random) -> bytes:
        why = ""
        for _ in range(_TRIES):
            value = self._values.of(chance)
            why = problem_in(self._validator, value)
            if not why:
                return _text(value)
        raise PayloadError(f"no message of the schema was found ({why}): give it `examples`")

    @override
    def refusal(self, chance: random.Random) -> str | None:
        fitting = json.loads(self.made(chance))
        for (value,) in misfits(self._schema, fitting):
            why = problem_in(self._validator, value)
            return f"the serializer refuses it: {why}" if why else ""
        # What the schema says is not simple enough to tell what it takes: it may take everything.
        reasons = (problem_in(self._validator, value) for value in EVERY_TYPE.values())
        return next((f"the serializer refuses it: {why}" for why in reasons if why), None)

    @override
    def read_again(self, body: bytes, writer: Schema) -> bytes:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise PayloadError(f"it is not JSON: {error}") from None
        for validator in (validator_of(writer), self._validator):
            if why := problem_in(validator, value):
                raise PayloadError(f"it does not fit the schema: {why}")
        return _text(value)


def _text(value: object) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    except UnicodeEncodeError as error:
        raise PayloadError(f"it is no text: {error.reason}") from None
