"""The client: what is done in the folder. A resource is a folder below it, with its settings in a file.

`SPOOL/QUEUE/*.msg` are the messages of a queue, `.limits/owner=NAME` is a limit. Names with a dot in front are the
broker's own.
"""

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from mqinfra.providers.base.disk import PUBLIC, replace_file

Place = tuple[str, ...]
"""Names of folders, from the broker's own down."""

_SETTINGS = ".settings.json"


@dataclass(frozen=True, slots=True)
class Found:
    """What is at a place.

    Attributes:
        id: what tells it from another that was there before; empty for a folder that somebody made by hand.
        settings: what was set on it.
    """

    id: str
    settings: Mapping[str, JsonValue]


class Folder:
    """The broker's folder.

    Args:
        root: where it is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self, *place: str) -> list[str]:
        """Names of what lies at a place."""
        try:
            found = list(self._path(place).iterdir())
        except FileNotFoundError:
            return []
        return sorted(one.name for one in found if one.is_dir() and not one.name.startswith("."))

    def find(self, place: Place) -> Found | None:
        """What is at a place; None when nothing is."""
        path = self._path(place)
        if not path.is_dir():
            return None
        try:
            held = json.loads((path / _SETTINGS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Found("", {})
        return Found(held["id"], held["settings"])

    def make(self, place: Place, settings: Mapping[str, JsonValue]) -> None:
        """Make something that is not there: a folder that is ready when it gets its name.

        Raises:
            FileExistsError: it is there.
            FileNotFoundError: what it would lie in is not.
        """
        path = self._path(place)
        if path.is_dir():
            raise FileExistsError(f"{path} exists")
        if place[0].startswith("."):
            path.parent.mkdir(exist_ok=True)
        new = path.parent / f".new-{uuid.uuid4().hex}"
        new.mkdir()
        try:
            _write(new, uuid.uuid4().hex, _merged({}, settings))
            new.rename(path)
        except BaseException:
            shutil.rmtree(new)
            raise

    def change(self, place: Place, settings: Mapping[str, JsonValue]) -> None:
        """Set what is named, and take away what is null.

        Raises:
            FileNotFoundError: it is not there.
        """
        found = self.find(place)
        if found is None:
            raise FileNotFoundError(f"{self._path(place)} does not exist")
        _write(self._path(place), found.id, _merged(found.settings, settings))

    def remove(self, place: Place) -> None:
        """Remove it with all that lies in it: its name is gone at once. What is not there is gone already."""
        path = self._path(place)
        old = path.parent / f".old-{uuid.uuid4().hex}"
        try:
            path.rename(old)
        except FileNotFoundError:
            return
        shutil.rmtree(old)

    def messages(self, place: Place) -> int | None:
        """How many messages lie at a place, or below it; None when a folder can't be read."""
        unread: list[OSError] = []
        count = sum(
            name.endswith(".msg") for _, _, files in os.walk(self._path(place), onerror=unread.append) for name in files
        )
        return None if unread else count

    def _path(self, place: Place) -> Path:
        return self.root.joinpath(*place)


def _merged(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Settings with others put over them, key by key where a setting has keys."""
    merged = dict(old)
    for name, value in new.items():
        inner = old.get(name)
        merged[name] = _merged(inner if isinstance(inner, dict) else {}, value) if isinstance(value, dict) else value
    return {name: value for name, value in merged.items() if value is not None}


def _write(path: Path, identity: str, settings: Mapping[str, JsonValue]) -> None:
    replace_file(path / _SETTINGS, json.dumps({"id": identity, "settings": settings}) + "\n", mode=PUBLIC)
