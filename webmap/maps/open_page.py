"""The page of a Folium map that is one file: our own scripts and styles in it, and a policy that stops all others.

Folium's `Map.save` and `show_in_browser` render the `Figure` at the root of a map. A `LotMap` has an
`OpenPage` there. It takes what Folium's parts wrote, puts our files in the place of Folium's links to
other hosts, and allows exactly these scripts by their hash (W3C CSP Level 3). So no text of a record
can run as a script, and the file asks nobody for anything.
"""

import base64
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from branca.element import CssLink, Element, Figure, JavascriptLink
from markupsafe import Markup

from geo.identifiers import slugify
from webmap.assets.bundles import DIST_DIR, AssetBuild
from webmap.http.display_language import add_translations
from webmap.maps.text_templates import use_text_template

# Folium's names for what its parts link to, and our own file for each. None: `open-map.js` does its work.
OWN_FILES: dict[str, str | None] = {
    "leaflet": "open-map.js",
    "jquery": None,
    "bootstrap": None,
    "awesome_markers": None,
    "d3": None,
    "leaflet_css": "open-map.css",
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers_font_css": None,
    "awesome_markers_css": None,
    "awesome_rotate_css": None,
}
FOLIUM_FILES = {"leaflet-heat.js": "leaflet_heat.min.js"}  # what Folium links to on a host and brings along as well
ADDRESS_ATTRIBUTES = ("tiles", "url", "image", "embed_link")  # of Folium's parts, where they hold an address
LOADED_ADDRESS = re.compile(r"""<(?:img|script|link|iframe)\b[^>]*?\b(?:src|href)\s*=\s*["']?((?:https?:)?//[^"'\s>]+)""", re.IGNORECASE)  # fmt: skip
SCRIPT_ELEMENT = re.compile(r"<script(?![^>]*application/json)[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)
SCRIPT_END = re.compile(r"<(?=/script|script|!--)", re.IGNORECASE)
POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "frame-src data:; media-src data:; base-uri 'none'; form-action 'none'"
)


class ForeignAsset(LookupError):
    """Raised when a part of a map needs a file that we do not ship, or something that its page does not allow."""


class OpenPage(Figure):
    """A page that holds a Folium map and everything it needs. `context` goes to its template."""

    def __init__(self, title: str, template: str = "open_map.html", **context: Any) -> None:
        super().__init__(title=title)
        self.template_name, self.context = template, context

    def render(self, **kwargs: Any) -> str:
        """Return the page as HTML. Raises ForeignAsset."""
        for part in _parts(self):
            _refuse_foreign(part)
            use_text_template(part)
        containers = (self.header, self.html, self.script)
        added_before = [dict(container._children) for container in containers]  # noqa: SLF001 - Folium has no public name
        try:
            return self._render_parts(**kwargs)
        finally:  # a second rendering starts from what the caller added
            for container, children in zip(containers, added_before, strict=True):
                container._children = OrderedDict(children)  # noqa: SLF001 - as above

    def _render_parts(self, **kwargs: Any) -> str:
        for child in list(self._children.values()):
            child.render(**kwargs)
        head = "\n".join(_head_elements(self.header))
        body = self.html.render(**kwargs)
        scripts = [*_linked_files(self.header, JavascriptLink), _script_text(self.script.render(**kwargs))]
        _refuse_loading(head + body)
        return template_environment().get_template(self.template_name).render(
            self.context,
            title=self.title,
            policy=_policy([*scripts, *SCRIPT_ELEMENT.findall(head + body)]),
            styles=[Markup(text) for text in _linked_files(self.header, CssLink)],  # noqa: S704 - our own files
            head=Markup(head),  # noqa: S704 - as Folium's parts wrote it
            map_html=Markup(body),  # noqa: S704 - as above
            scripts=[Markup(text) for text in scripts],  # noqa: S704 - the policy names their hashes
        )  # fmt: skip


@cache
def template_environment() -> jinja2.Environment:
    """Return the templates of `webmap/templates` without Flask. All values are escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("webmap", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["slug"] = slugify
    add_translations(environment)
    return environment


@cache
def _own_assets() -> AssetBuild:
    return AssetBuild.from_folder(DIST_DIR)


def _parts(element: Element) -> Iterator[Any]:
    for child in element._children.values():  # noqa: SLF001 - Folium has no public name for it
        yield child
        yield from _parts(child)


def _refuse_foreign(part: Any) -> None:
    """Raise ForeignAsset for a part that would load its data or pictures from elsewhere."""
    options = getattr(part, "options", None)
    icon_url = options.get("icon_url", options.get("iconUrl")) if isinstance(options, dict) else None
    for address in (icon_url, *(getattr(part, name, None) for name in ADDRESS_ATTRIBUTES)):
        if isinstance(address, str) and not address.startswith("data:"):
            raise ForeignAsset(
                f"{type(part).__name__} would load {address[:80]}, and this file loads nothing; put the data into it"
            )


def _refuse_loading(html: str) -> None:
    if found := LOADED_ADDRESS.search(html):
        raise ForeignAsset(
            f"a part of the map loads {found[1][:80]}, and this file asks no other host; leave that part out"
        )


def _head_elements(header: Element) -> Iterator[str]:
    """Iterate over the elements of Folium's header that are no links, without its first line on the encoding."""
    for name, element in header._children.items():  # noqa: SLF001 - as above
        if name != "meta_http" and not isinstance(element, JavascriptLink | CssLink):
            yield element.render()


def _linked_files(header: Element, kind: type[Element]) -> Iterator[str]:
    """Iterate over the texts of our own files for Folium's links of one kind. Raises ForeignAsset."""
    for name, link in header._children.items():  # noqa: SLF001 - as above
        if not isinstance(link, kind):
            continue
        if name in FOLIUM_FILES:
            yield _script_text((resources.files("folium") / "templates" / FOLIUM_FILES[name]).read_text("utf-8"))
        elif name not in OWN_FILES:
            address = getattr(link, "url", "")
            raise ForeignAsset(
                f"a part of the map needs {name!r} from {address}; lotleaf ships no copy, so leave that part out"
            )
        elif file_name := OWN_FILES[name]:
            yield _own_file_text(file_name)


def _own_file_text(name: str) -> str:
    assets = _own_assets()
    return assets.contents[assets.hashed_names[name]].decode("utf-8")


def _script_text(text: str) -> str:
    r"""Return a script that cannot end its element, with the line ends that a browser hashes.

    >>> print(_script_text("'</script>'"))
    '\x3c/script>'
    """
    return SCRIPT_END.sub(r"\\x3c", text.replace("\r\n", "\n").replace("\r", "\n"))


def _policy(scripts: list[str]) -> str:
    digests = [base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() for text in scripts]
    return POLICY.format(hashes=" ".join(f"'sha256-{digest}'" for digest in digests))
