"""The converters of this broker."""

from mqinfra.providers.base.converting.converter import Converter
from mqinfra.providers.kafka.convert.asyncapi import AsyncApiConverter
from mqinfra.providers.kafka.convert.jikkou import JikkouConverter
from mqinfra.providers.kafka.convert.julieops import JulieOpsConverter
from mqinfra.providers.kafka.convert.kafka_gitops import KafkaGitopsConverter
from mqinfra.providers.kafka.convert.kdef import KdefConverter
from mqinfra.providers.kafka.convert.strimzi import StrimziConverter
from mqinfra.providers.kafka.convert.terraform import TerraformConverter
from mqinfra.providers.kafka.convert.topicctl import TopicctlConverter

CONVERTERS: tuple[Converter, ...] = (
    AsyncApiConverter(),
    JikkouConverter(),
    JulieOpsConverter(),
    KafkaGitopsConverter(),
    KdefConverter(),
    StrimziConverter(),
    TerraformConverter(),
    TopicctlConverter(),
)
