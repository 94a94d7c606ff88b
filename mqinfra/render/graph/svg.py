"""SVG: a picture that stands by itself in a page, in light and dark, without scripts and other files."""

from importlib.resources import files
from xml.etree.ElementTree import Element, SubElement, tostring

from mqinfra.model.topology import Flow
from mqinfra.render.graph.layout import Route
from mqinfra.render.graph.scene import LINE_HEIGHT, Scene
from mqinfra.render.terminal import clean

_MARGIN = 24.0
_WHOLE = "http://www.w3.org/2000/svg"


def render_svg(scene: Scene, title: str) -> str:
    """Draw a scene.

    Args:
        scene: what to draw.
        title: what it shows, for whoever can't see it.
    """
    size = scene.layout.size
    width, height = size.width + 2 * _MARGIN, size.height + 2 * _MARGIN
    root = Element(
        "svg",
        {
            "xmlns": _WHOLE,
            "viewBox": f"0 0 {width:.0f} {height:.0f}",
            "width": f"{width:.0f}",
            "height": f"{height:.0f}",
            "role": "img",
        },
    )
    SubElement(root, "title").text = clean(title)
    SubElement(root, "style").text = files("mqinfra.render.graph").joinpath("picture.css").read_text("utf-8")
    SubElement(root, "rect", {"class": "ground", "width": "100%", "height": "100%"})
    whole = SubElement(root, "g", {"transform": f"translate({_MARGIN:.0f} {_MARGIN:.0f})"})
    for arrow, words, route in zip(scene.picture.arrows, scene.words, scene.layout.routes, strict=True):
        _arrow(whole, route, words, f"{arrow.flow.value} {arrow.status.value}", head=arrow.flow is not Flow.MEMBERSHIP)
    for node, box, (x, y) in zip(scene.picture.nodes, scene.boxes, scene.layout.centres, strict=True):
        group = SubElement(whole, "g", {"class": f"node {node.status.value}"})
        left, top = x - box.size.width / 2, y - box.size.height / 2
        SubElement(group, "title").text = clean(str(node.address))
        SubElement(group, "rect", _rectangle(left, top, box.size.width, box.size.height))
        _text(group, left + 13, top + 18, "kind", box.title)
        _text(group, left + 13, top + 35, "name", box.name)
    return tostring(root, encoding="unicode") + "\n"


def _rectangle(x: float, y: float, width: float, height: float) -> dict[str, str]:
    return {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}", "rx": "8"}


def _arrow(whole: Element, route: Route, words: tuple[str, ...], style: str, *, head: bool) -> None:
    group = SubElement(whole, "g", {"class": f"edge {style}"})
    SubElement(group, "path", {"class": "line", "d": path_of(route)})
    if head:
        SubElement(group, "path", {"class": "head", "d": head_of(route)})
    if route.label is not None:
        x, y = route.label
        top = y - (len(words) - 1) * LINE_HEIGHT / 2
        for number, word in enumerate(words):
            _text(group, x, top + number * LINE_HEIGHT + 4, "word", word)


def _text(parent: Element, x: float, y: float, style: str, text: str) -> None:
    SubElement(parent, "text", {"class": style, "x": f"{x:.1f}", "y": f"{y:.1f}"}).text = text


def path_of(route: Route) -> str:
    """The way of an arrow as the `d` of a path."""
    first, *rest = (f"{x:.1f} {y:.1f}" for x, y in route.points)
    return f"M{first}C{' '.join(rest)}"


def head_of(route: Route) -> str:
    """The head of an arrow as the `d` of a path: it points where the last piece of the curve goes."""
    (x0, y0), (x, y) = route.points[-2], route.points[-1]
    length = max(((x - x0) ** 2 + (y - y0) ** 2) ** 0.5, 0.001)
    along, across = ((x - x0) / length, (y - y0) / length), (-(y - y0) / length, (x - x0) / length)
    back = (x - 8 * along[0], y - 8 * along[1])
    left = (back[0] + 4 * across[0], back[1] + 4 * across[1])
    right = (back[0] - 4 * across[0], back[1] - 4 * across[1])
    return f"M{x:.1f} {y:.1f}L{left[0]:.1f} {left[1]:.1f}L{right[0]:.1f} {right[1]:.1f}Z"
