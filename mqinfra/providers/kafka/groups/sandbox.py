"""What a broker makes of a change of a group, for the sandbox."""

from pydantic import JsonValue

from mqinfra.model.change import Change
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem, SettingType
from mqinfra.model.spec import Spec
from mqinfra.providers.base.kind import set_and_remove
from mqinfra.providers.kafka.groups.settings import FIRST, GROUP_SETTINGS
from mqinfra.providers.kafka.groups.spec import GroupSpec
from mqinfra.providers.kafka.topics.requests import config_text
from mqinfra.providers.kafka.topics.values import refusal


def apply_change(change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
    """Do what a broker would do: where a group was to begin is gone once it has offsets."""
    if change.after is None:
        return None
    spec = change.wanted(GroupSpec)
    if problem := _refused(spec, facts):
        return problem
    made = set_and_remove(GroupSpec, change, live)
    if made is None:
        return None
    group = GroupSpec.narrow(made)
    offsets = {topic: some for topic, some in group.offsets.items() if some is not None}
    data = {"topics": [*offsets], "offsets": offsets, "config": dict(group.config), "type": group.type}
    return GroupSpec.model_validate({name: value for name, value in data.items() if value})


def _settings(spec: GroupSpec) -> dict[str, JsonValue]:
    return {path[1]: value for path, value in spec.fields().items() if path[0] == "config"}


def _refused(spec: GroupSpec, facts: Facts) -> Problem | None:
    if spec.config and facts.version_tuple and facts.version_tuple < FIRST:
        return Problem("Unknown resource type 32", "groups have settings from Kafka 4.0 on", path=("config",))
    for key, value in sorted(_settings(spec).items()):
        setting = GROUP_SETTINGS.get(key)
        if setting is None:
            return Problem(f"Unknown group config name: {key}", GROUP_SETTINGS.closest(key), path=("config", key))
        free = setting.type is SettingType.STRING and not setting.choices
        if value is not None and not free and (why := refusal(setting, config_text(value))):
            return Problem(f"Invalid value {value} for configuration {key}: {why}", path=("config", key))
    return None
