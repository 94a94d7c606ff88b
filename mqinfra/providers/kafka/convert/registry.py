"""The converters of this broker."""

from mqinfra.providers.base.converting.converter import Converter
from mqinfra.providers.kafka.convert.strimzi import StrimziConverter

CONVERTERS: tuple[Converter, ...] = (StrimziConverter(),)
