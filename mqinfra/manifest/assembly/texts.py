"""Texts that stand in files of their own: a field that names one becomes the field whose text it holds."""

from collections.abc import Mapping
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.bind.positions import Layers
from mqinfra.manifest.fields import wrong_type
from mqinfra.manifest.text.files import Files
from mqinfra.manifest.text.source import Source
from mqinfra.model.address import Address
from mqinfra.model.spec import Spec


def with_texts(
    entry: type[Spec], data: Mapping[str, Any], layers: Layers, files: Files, address: Address
) -> tuple[Mapping[str, Any], Layers] | None:
    """Read the files that an entry names.

    Args:
        entry: the type of the entry.
        data: what it says, by the names in manifests.
        layers: finds the text behind its fields.
        files: reads files.
        address: of the resource, for findings.

    Returns:
        the entry with the texts in place of the names, and what finds places in them too; None where one can't be
        read, which is reported.
    """
    before = len(files.found)
    texts: dict[str, tuple[str, Source]] = {}
    for name, target in entry.file_fields().items():
        if data.get(name) is None:
            continue
        place = layers.places((name,))[1]
        named = data[name]
        if target in data and data[target] is not None:
            message = f"`{name}` and `{target}` can't be used together"
            found = place.report(codes.WRONG_VALUE, message, help="remove one of the two", address=address.text)
            files.found.append(found)
        elif not isinstance(named, str):
            files.found.append(wrong_type(place, f"`{name}`", "text", named))
        else:
            source = files.text(named, place)
            if source is not None:
                texts[target] = name, source
        data = {key: value for key, value in data.items() if key != name}
    if len(files.found) > before:
        return None
    if not texts:
        return data, layers
    read = {target: source.text for target, (_, source) in texts.items()}
    return {**data, **read}, Layers(layers.own, layers.maps, texts)
