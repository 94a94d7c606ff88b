"""What changes bring into force on other resources, those alike as one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from mqinfra.model.change import Change
from mqinfra.model.frozen import dataclass
from mqinfra.model.label import label_of, name_of, place_of
from mqinfra.model.setting import Unit
from mqinfra.model.story import Effect
from mqinfra.model.wording import in_words
from mqinfra.render.terminal import clean
from mqinfra.render.value import shown

_NONE = "none"


@dataclass(frozen=True, slots=True)
class EffectItem:
    """What comes into force on one other resource.

    Attributes:
        name: the resource; where it lies in the same as what changes, by its name alone.
        text: which settings, before and after: `max-length 1000 -> 2000`.
        by: the resource that gives them, where that is not the one that changes.
    """

    name: str
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class EffectsAlike:
    """The same settings on several resources.

    Attributes:
        names: the resources.
        text: the settings.
        by: what gives them besides what changes; none where that is the same.
    """

    names: Sequence[str]
    text: str
    by: Sequence[str]


def effect_items(change: Change) -> list[EffectItem]:
    """The effects of a change on others; what comes into force on itself, its own lines say."""
    place = place_of(change.address)
    return [
        EffectItem(
            clean(name_of(effect.address) if place_of(effect.address) == place else label_of(effect.address)),
            _text(effect),
            clean(effect.by.text) if effect.by is not None and effect.by != change.address else "",
        )
        for effect in change.effects
        if effect.address != change.address
    ]


def alike(items: Iterable[tuple[str, EffectItem]]) -> list[EffectsAlike]:
    """Put together what is the same.

    Args:
        items: effects, each with the address of the change that it comes from.
    """
    names: dict[str, list[str]] = defaultdict(list)
    makers: dict[str, dict[str, None]] = defaultdict(dict)
    for source, item in items:
        names[item.text].append(item.name)
        makers[item.text][item.by or source] = None
    return [EffectsAlike(some, text, list(makers[text])) for text, some in names.items()]


def _text(effect: Effect) -> str:
    keys = sorted({*effect.before, *effect.after})
    return ", ".join(f"{clean(key)} {_moved(effect, key)}" for key in keys)


def _moved(effect: Effect, key: str) -> str:
    unit = effect.units.get(key)
    before, after = (_value(side.get(key), unit) for side in (effect.before, effect.after))
    return after if not effect.before else f"{before} -> {after}"


def _value(value: JsonValue, unit: Unit | None) -> str:
    if value is None:
        return _NONE
    if unit is not None and type(value) is int:
        return shown(value, unit)
    return clean(in_words(value)) or '""'
