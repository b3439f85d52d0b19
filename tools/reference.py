"""Write the reference pages in `docs/reference/`. Every fact comes from the code.

`make reference` runs it. A page is a template in `tools/reference/`, filled with what
`tools.reference_facts` and `tools.reference_files` find. `tests/test_reference.py` holds the committed
pages against `build_pages`.
"""

import json
import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from tools import reference_facts, reference_files

ROOT = Path(__file__).parents[1]
REFERENCE_DIR = ROOT / "docs" / "reference"
TEMPLATES_DIR = Path(__file__).with_name("reference")
LINE_WIDTH = 100
FIXED_LINES = ("#", "|", "<!--")  # headings, tables and comments
NEW_PART_PATTERN = re.compile(r" *(- |\d+\. |[#|]|<!--)")  # a line that continues no paragraph
# The pages in the order of the index, each with the function that finds its facts.
PAGES: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "README.md": dict,
    "layers.md": reference_facts.layer_facts,
    "commands.md": reference_facts.command_facts,
    "settings.md": reference_facts.setting_facts,
    "profiles.md": reference_facts.profile_facts,
    "report.md": reference_files.report_facts,
    "cache-files.md": reference_files.cache_facts,
}


def build_pages() -> dict[str, str]:
    """Return the text of every page by its file name, the OpenAPI document included."""
    environment = _template_environment()
    pages = {name: _render(environment, name, find_facts()) for name, find_facts in PAGES.items()}
    document = json.dumps(reference_files.openapi_document(), ensure_ascii=False, indent=1)
    return pages | {"openapi.json": document + "\n"}


def write_pages(folder: Path = REFERENCE_DIR) -> list[Path]:
    """Write every page to a folder, and return the files that have changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in build_pages().items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(path)
    return changed


def wrap_paragraphs(text: str) -> str:
    r"""Return Markdown with every paragraph and list item in lines of at most `LINE_WIDTH`.

    Code blocks, headings and the lines of tables stay as they are.

    >>> print(wrap_paragraphs("# Oaks\n- One\n  oak.\n- Two."))
    # Oaks
    - One oak.
    - Two.
    """
    parts = re.split(r"(^```.*?^```$)", text, flags=re.DOTALL | re.MULTILINE)
    return "".join(part if part.startswith("```") else _wrap_prose(part) for part in parts)


def _wrap_prose(text: str) -> str:
    parts: list[str] = []
    for line in text.split("\n"):
        is_continued = parts and parts[-1].strip() and not parts[-1].startswith(FIXED_LINES)
        if is_continued and line.strip() and not NEW_PART_PATTERN.match(line):
            parts[-1] += " " + line.strip()
        else:
            parts.append(line)
    return "\n".join(map(_wrap_part, parts))


def _wrap_part(part: str) -> str:
    """Return a paragraph or list item in lines of at most `LINE_WIDTH`."""
    if not part.strip() or part.startswith(FIXED_LINES):
        return part.strip()
    marker = re.match(r" *(- |\d+\. )?", part)
    indent = " " * len(marker[0]) if marker else ""
    lines = textwrap.wrap(part, LINE_WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _template_environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES_DIR),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["codes"] = lambda names: ", ".join(f"`{name}`" for name in names)
    return environment


def _render(environment: jinja2.Environment, name: str, facts: Mapping[str, Any]) -> str:
    text = environment.get_template(f"{name}.j2").render(facts)
    return re.sub(r"\n{3,}", "\n\n", wrap_paragraphs(text)).strip("\n") + "\n"


if __name__ == "__main__":
    for changed_file in write_pages():
        sys.stdout.write(f"{changed_file.relative_to(ROOT)}\n")
