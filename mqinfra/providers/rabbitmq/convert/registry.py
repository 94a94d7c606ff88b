"""The converters of this broker."""

from mqinfra.providers.base.converting.converter import Converter
from mqinfra.providers.rabbitmq.convert.definitions import DefinitionsConverter
from mqinfra.providers.rabbitmq.convert.topology_operator import TopologyOperatorConverter

CONVERTERS: tuple[Converter, ...] = (
    DefinitionsConverter(),
    TopologyOperatorConverter(),
)
