"""A browser, a served sample, and pages that must stay clean: no error, no foreign request."""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attacks import attack_every_text
from chromium import ARGS, CHROMIUM, SCREENS
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from geo.fields import Field
from geo.store import open_store

ROOT = Path(__file__).parents[2]
AXE = ROOT / "webmap/frontend/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start what drives browsers: once, as it asks for."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright) -> Iterator[Browser]:
    """Start the distribution's Chromium, headless."""
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def sample(loaded_sample) -> Path:
    """Give the committed sample, loaded into a workspace."""
    return loaded_sample


@pytest.fixture(scope="session")
def site(request) -> Iterator[str]:
    """Serve the sample; LOTLEAF_TEST_SITE names a server to use that runs already."""
    if ready := os.environ.get("LOTLEAF_TEST_SITE"):
        yield ready
        return
    serving = request.getfixturevalue("serving")
    with serving(request.getfixturevalue("sample")) as address:
        yield address


@pytest.fixture(scope="session")
def site_api(site) -> Callable[[str], Any]:
    """Ask the site's API."""

    def ask(address: str) -> Any:
        with urllib.request.urlopen(site + address, timeout=30) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    return ask


class served:  # noqa: N801 - reads as a word in a with statement
    """Serve a workspace on a free port for as long as the context lasts."""

    def __init__(
        self, lotleaf: Path, workspace: Path, *options: object, scheme: str = "http", language: str = "en"
    ) -> None:
        self.scheme = scheme
        # One worker starts faster. What several do at once is told by --workers, and by the tests of the server.
        self.environment = {"LOTLEAF_WORKERS": "1", **os.environ, "LOTLEAF_LANGUAGE": language}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command = [lotleaf, "serve", "-w", workspace, "--port", str(self.port), *options]
        self.start()

    def start(self) -> None:
        """Start the server, or start it again."""
        self.server = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=self.environment,
        )

    def kill(self) -> None:
        """End the server and its workers at once, whatever they are doing."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(timeout=20)
        with contextlib.suppress(ConnectionRefusedError):
            while True:
                socket.create_connection(("127.0.0.1", self.port)).close()

    def __enter__(self) -> str:
        address = f"{self.scheme}://127.0.0.1:{self.port}"
        blind = ssl._create_unverified_context()  # noqa: S323 - the certificate is the test's own
        for _ in range(300):
            assert self.server.poll() is None, "the server ended at once"
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=2, context=blind).close()  # noqa: S310 - our own server
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return address
        raise TimeoutError(address)

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait(timeout=20)


ATTACK = "javascript:alert(0)//<img src=x onerror=alert(1)>${alert(1)}</script><script>alert(2)</script>'\"`"
PLAIN = ("slug", "source")  # what a record is found by


@pytest.fixture
def hostile(small_town, serving) -> Iterator[tuple[str, str]]:
    """Serve Bel-Nor with an attack for every text it has, and odd ids for its parcels."""
    store = open_store(small_town)
    attack_every_text(store, attacked, ATTACK)
    store.close()
    with serving(small_town) as address:
        yield address, ATTACK


def attacked(table: Any, fields: Sequence[Field]) -> Any:
    """Put the attack into each text; what names a parcel gets odd characters instead."""
    odd = {f"0p{n}": f'{n}/a b?c#d&e=%2F"<img src=x onerror=alert(3)>' for n in (1, 2, 3)}
    table = table.assign(id=table["id"].replace(odd))
    for one in fields:
        if one.kind == "text" and one.name not in PLAIN:
            column = table[one.name]
            named = column.isin(list(odd)) | one.name.endswith(("_id", "_key"))
            table[one.name] = column.replace(odd).where(named, ATTACK).astype("str")
    return table


@pytest.fixture
def hostile_visit(browser, hostile) -> Iterator[Callable[..., "Visit"]]:
    """Open pages of the town whose every text is an attack."""
    yield from visits(browser, hostile[0])


@dataclass
class Visit:
    """A page that was opened, and everything that was wrong with it."""

    page: Page
    site: str
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note every error, every request to another host, every dialog."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("dialog", self._dialog)

    def open(self, address: str) -> Page:
        """Open an address; on a map, wait until it has drawn."""
        self.page.goto(self.site + address)
        if self.page.locator("[data-map]").count():
            self.drawn()
        return self.page

    def drawn(self) -> None:
        """Wait until the map shows what was last asked for."""
        self.page.wait_for_selector("[data-ready]", state="attached", timeout=15_000)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(250)

    def faults(self) -> list[str]:
        """Tell what axe-core finds against WCAG 2.2 AA."""
        self.page.evaluate(AXE.read_text("utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = self.page.evaluate("tags => axe.run({runOnly: tags})", tags)
        return [
            f"{fault['id']}: {fault['nodes'][0]['html'][:160]} {fault['nodes'][0]['failureSummary']}"
            for fault in found["violations"]
        ]

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.wrong.append(f"request to {request.url}")

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def visit(browser, site) -> Iterator[Callable[..., Visit]]:
    """Open pages; whatever goes wrong on one of them fails the test."""
    yield from visits(browser, site)


@pytest.fixture
def visiting(browser) -> Iterator[Callable[[str], Visit]]:
    """Open pages of any site, under the same watch."""
    made: list[Any] = []

    def start(site: str) -> Visit:
        made.append(visits(browser, site))
        visit: Visit = next(made[-1])()
        return visit

    yield start
    for one in made:
        next(one, None)


@pytest.fixture(scope="session")
def serving(forked_lotleaf) -> Callable[..., served]:
    """Serve any workspace, in a with statement."""
    return partial(served, forked_lotleaf)


def visits(browser: Browser, site: str) -> Iterator[Callable[..., Visit]]:
    """Make visits to a site, and look at the end whether all of them stayed clean."""
    contexts: list[BrowserContext] = []
    made: list[Visit] = []

    def start(screen: str = "desktop", theme: str = "light", *, script: bool = True) -> Visit:
        scheme = "dark" if theme == "dark" else "light"
        context = browser.new_context(**SCREENS[screen], color_scheme=scheme, java_script_enabled=script)
        if theme == "sun":
            context.add_init_script("localStorage.setItem('theme', 'sun')")
        contexts.append(context)
        one = Visit(context.new_page(), site)
        one.watch()
        made.append(one)
        return one

    yield start
    for context in contexts:
        context.close()
    assert [fault for one in made for fault in one.wrong] == []
