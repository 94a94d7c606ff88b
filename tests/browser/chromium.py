"""Chromium of a Debian release, unpacked beside the system, and how a test starts it without a window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.brokers.debian import loader, unpacked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

_PROGRAM = "usr/lib/chromium/chromium"
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def installed() -> Path:
    """Fetch it and what it needs where that is not there yet: some 40 seconds, 840 MB."""
    return unpacked("chromium", ("bookworm",), ("chromium", "fonts-dejavu-core"))


def launch(browsers: BrowserType, home: Path) -> Browser:
    """Start it.

    Args:
        browsers: Playwright's sort of browser, which drives it.
        home: a folder for what it writes.
    """
    root = installed()
    fonts = home / "fonts.conf"
    fonts.write_text(_FONTS.format(fonts=root / "usr/share/fonts", cache=home / "fonts"), encoding="utf-8")
    folders = loader(root)[2]
    # Without the libraries of PulseAudio it ends at once, although it plays nothing.
    sound = ":".join(f"{folder}/pulseaudio" for folder in folders.split(":"))
    return browsers.launch(
        executable_path=str(root / _PROGRAM),
        args=["--no-sandbox", "--force-color-profile=srgb"],
        env={
            **os.environ,
            "LD_LIBRARY_PATH": f"{folders}:{sound}",
            "FONTCONFIG_FILE": str(fonts),
            "HOME": str(home),
        },
    )
