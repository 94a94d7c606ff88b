"""What a selector that matches nothing probably meant: the same text with its misspelt terms put right."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from mqinfra.model.address import Address
from mqinfra.model.selector import Selector, terms_of
from mqinfra.model.setting import closest

Subject = tuple[Address, str, Mapping[str, str], str]
"""What a selector is matched with: address, `BROKER/KIND`, labels and file."""

_DELIMITER = re.compile(r"[^A-Za-z0-9]")
_ENOUGH = 5_000


def meant(text: str, subjects: Sequence[Subject]) -> str:
    """Put the misspelt terms of a selector right.

    Args:
        text: the selector, which can be parsed.
        subjects: everything that it could have matched.

    Returns:
        the corrected selector; empty where no term is close to anything that is there.
    """
    terms, changed = [], False
    for term in terms_of(text):
        better = term if _matches(term, subjects) else _corrected(term, subjects)
        terms.append(better or term)
        changed = changed or (better not in ("", term))
    corrected = ",".join(terms)
    return corrected if changed and _matches(corrected, subjects) else ""


def _matches(text: str, subjects: Sequence[Subject]) -> bool:
    selector = Selector.parse(text)
    return isinstance(selector, Selector) and any(selector.matches(*subject) for subject in subjects)


def _corrected(term: str, subjects: Sequence[Subject]) -> str:
    key, colon, value = term.partition(":")
    if not colon or "/" in key:
        return _closest(term, (subject[0].text for subject in subjects))
    if key == "label":
        return _label(value.strip(), [subject[2] for subject in subjects])
    known: Iterable[str]
    match key:
        case "kind":
            known = chain.from_iterable((kind, kind.rpartition("/")[2]) for _, kind, _, _ in subjects)
        case "name":
            known = (Address("c", "k", (address.path[-1],)).text[4:] for address, *_ in subjects if not address.pairs)
        case "cluster":
            known = (address.cluster for address, *_ in subjects)
        case _:
            known = (file for _, _, _, file in subjects)
    better = _closest(value.strip(), known)
    return f"{key}:{better}" if better else ""


def _label(text: str, labels: Sequence[Mapping[str, str]]) -> str:
    key, equals, value = text.partition("=")
    if not any(key in some for some in labels):
        key = closest(key, dict.fromkeys(chain.from_iterable(labels)))
    known = [some[key] for some in labels if key in some]
    if equals and known and value not in known:
        value = _closest(value, known) or value
    return f"label:{key}{equals}{value}" if key else ""


def _closest(pattern: str, known: Iterable[str]) -> str:
    """The closest of the known texts; for a pattern that ends in its only star, of their beginnings."""
    words = list(dict.fromkeys(known))[:_ENOUGH]
    start, star, rest = pattern.partition("*")
    if not star:
        return closest(pattern, words)
    if rest or not start:
        return ""
    parts = len(_DELIMITER.findall(start))
    beginnings = (_beginning(word, parts, start) for word in words)
    better = closest(start, [word for word in dict.fromkeys(beginnings) if word])
    return f"{better}*" if better else ""


def _beginning(word: str, parts: int, like: str) -> str:
    """As much of a word as has so many delimiters; without any, as many letters as the other text."""
    ends = [found.end() for found in _DELIMITER.finditer(word)]
    if parts == 0:
        return word[: ends[0] - 1] if ends else word[: len(like)]
    if _DELIMITER.fullmatch(like[-1]):
        return word[: ends[parts - 1]] if len(ends) >= parts else ""
    return word[: ends[parts] - 1] if len(ends) > parts else word
