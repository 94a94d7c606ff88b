"""The kind `operatorPolicies`: limits of the server's operator, which are policies under another name with few keys."""

from collections.abc import Mapping
from typing import ClassVar

from mqinfra.model.setting import SettingTable
from mqinfra.providers.rabbitmq.kinds.policies import PolicyKind
from mqinfra.providers.rabbitmq.settings.policy_keys import OPERATOR_POLICY_KEYS
from mqinfra.providers.rabbitmq.spec.policy import OPERATOR_KIND, OperatorPolicySpec


class OperatorPolicyKind(PolicyKind):
    """Operator policies."""

    name = OPERATOR_KIND
    title = "operator policy"
    spec = OperatorPolicySpec
    entry = OperatorPolicySpec
    settings: ClassVar[Mapping[str, SettingTable]] = {"definition": OPERATOR_POLICY_KEYS}
    resource = "operator-policies"
    keys = OPERATOR_POLICY_KEYS
