"""The converters of this broker."""

from mqinfra.providers.base.converting.converter import Converter
from mqinfra.providers.rabbitmq.convert.asyncapi import AsyncApiConverter
from mqinfra.providers.rabbitmq.convert.definitions import DefinitionsConverter
from mqinfra.providers.rabbitmq.convert.terraform import TerraformConverter
from mqinfra.providers.rabbitmq.convert.topology_operator import TopologyOperatorConverter

CONVERTERS: tuple[Converter, ...] = (
    AsyncApiConverter(),
    DefinitionsConverter(),
    TerraformConverter(),
    TopologyOperatorConverter(),
)
