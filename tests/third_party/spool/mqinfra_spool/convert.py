"""Files of spoolctl, a tool that mqinfra takes over from, read and written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.exporter import Exported, Exporter
from mqinfra.providers.base.converting.foreign import Foreign, only


class SpoolctlConverter(Converter):
    """Files of spoolctl."""

    name: ClassVar[str] = "spoolctl"
    title: ClassVar[str] = "spoolctl's spools"

    @override
    def detects(self, document: Foreign) -> bool:
        return document.root.at("spoolctl").value == "v1"

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            document.root.skip("spoolctl")
            for name, spool in document.root.at("spools").items():
                spool.lose("mqinfra has no mirrors", "mirrors")
                yield Entry("spools", (name,), only({"description": spool.text("about")}), spool)


class SpoolctlExporter(Exporter):
    """The reverse; queues are not spoolctl's."""

    name: ClassVar[str] = "spoolctl"
    title: ClassVar[str] = "spoolctl's spools"

    @override
    def export(self, alias: str, resources: Sequence[Exported]) -> Iterable[Mapping[str, JsonValue]]:
        spools: dict[str, JsonValue] = {}
        for one in resources:
            if one.address.kind == "spools":
                spools[one.address.name] = only({"about": one.spec.text("description")})
        yield {"spoolctl": "v1", "spools": spools}
