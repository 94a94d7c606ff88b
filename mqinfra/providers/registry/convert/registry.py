"""The converters of this broker."""

from mqinfra.providers.base.converting.converter import Converter
from mqinfra.providers.registry.convert.jikkou import JikkouConverter

CONVERTERS: tuple[Converter, ...] = (JikkouConverter(),)
