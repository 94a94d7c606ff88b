"""Jikkou's subjects."""

from collections.abc import Iterable, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part, only
from mqinfra.providers.base.converting.kubernetes import is_of, labels_of, name_of

_KINDS = ("SchemaRegistrySubject", "SchemaRegistrySubjectList")
_NORMALIZE = "schemaregistry.jikkou.io/normalize-schema"


class JikkouConverter(Converter):
    """Subjects whose schema stands in the file."""

    name = "jikkou"
    title = "Jikkou's resources"

    @override
    def detects(self, document: Foreign) -> bool:
        return is_of(document, "schemaregistry.jikkou.io", _KINDS)

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            root = document.root
            if root.at("items"):
                root.skip("apiVersion", "kind", "metadata")
            for one in root.at("items").each() if root.at("items") else [root]:
                yield from _subject(one)


def _subject(root: Part) -> Iterable[Entry]:
    name, spec = name_of(root), root.at("spec")
    if root.flag("metadata", "annotations", "jikkou.io/delete"):
        root.lose("it is to be deleted: name it under `removed:`")
        return
    schema = spec.at("schema")
    if isinstance(schema.value, dict):
        schema.lose("the schema is in another file: name that with `file:` in the manifest")
        return
    data: dict[str, JsonValue] = {
        "type": (spec.text("schemaType") or "avro").lower(),
        "schema": schema.text(),
        "compatibility": spec.text("compatibilityLevel"),
        "mode": spec.text("mode"),
        "normalize": root.flag("metadata", "annotations", _NORMALIZE),
        "references": [
            only({"name": one.text("name"), "subject": one.text("subject"), "version": one.number("version")})
            for one in spec.at("references").each()
        ],
    }
    yield Entry("subjects", (name,), only(data), root, labels_of(root, ()))
