"""The converters of this broker."""

from mqinfra.providers.base.converting.converter import Converter
from mqinfra.providers.rabbitmq.convert.definitions import DefinitionsConverter

CONVERTERS: tuple[Converter, ...] = (DefinitionsConverter(),)
