"""The page's script is JavaScript: an ordinary run has no browser, but the engine that comes with its driver."""

import subprocess
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

from mqinfra.render.html.report import render_html
from tests.unit.render.html.hostile_plan import hostile_plan
from tests.unit.render.html.test_page import Page


def test_the_script_can_be_parsed(tmp_path: Path) -> None:
    script = tmp_path / "page.js"
    script.write_text(Page(render_html(hostile_plan())).held["script"][1], encoding="utf-8")
    engine, _ = compute_driver_executable()
    checked = subprocess.run([engine, "--check", str(script)], capture_output=True, text=True, check=False)
    assert checked.stderr == ""
    assert checked.returncode == 0
