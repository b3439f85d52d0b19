"""Over https, as towns serve it: the maps are taken along and tell where one is, from another name than this machine's."""

import base64
import hashlib
import shutil
import subprocess

import pytest
from chromium import ARGS, CHROMIUM, SCREENS

pytestmark = pytest.mark.browser
NAME = "maps.town.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Make a certificate for a town's name; gives its file, its key's, and the mark by which a browser may trust it."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "town.crt", folder / "town.key"
    make = (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout {key} -out {cert} "
        f"-subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
    )
    subprocess.run(make.split(), check=True, capture_output=True)
    openssl = shutil.which("openssl")
    bare = subprocess.run([openssl, "x509", "-in", cert, "-pubkey", "-noout"], check=True, capture_output=True).stdout
    der = subprocess.run(
        [openssl, "pkey", "-pubin", "-outform", "der"], input=bare, check=True, capture_output=True
    ).stdout
    return cert, key, base64.b64encode(hashlib.sha256(der).digest()).decode()


@pytest.fixture
def town(playwright, certificate, sample, serving, monkeypatch, tmp_path):
    """A page of a server that is reached by a town's name over https."""
    cert, key, mark = certificate
    monkeypatch.setenv("LOTLEAF_HOSTS", NAME)
    server = serving(sample, "--tls-cert", cert, "--tls-key", key, scheme="https")
    with server as address:
        port = address.rsplit(":", 1)[1]
        args = [*ARGS, f"--ignore-certificate-errors-spki-list={mark}", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=args, **SCREENS["tablet"]
        )
        yield context, f"https://{NAME}:{port}"
        context.close()


def test_offline_and_where_one_is_work_over_https(town):
    context, site = town
    context.grant_permissions(["geolocation"], origin=site)
    context.set_geolocation({"latitude": 38.70, "longitude": -90.30, "accuracy": 10})
    page = context.new_page()
    page.goto(site + "/map/maintenance")
    page.wait_for_selector("[data-ready]", state="attached")
    assert page.evaluate("isSecureContext")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.get_by_role("tab", name="More").click()
    page.locator("#offline-download").click()
    page.locator("#offline-packs li").first.wait_for(timeout=30_000)

    context.set_offline(True)
    again = context.new_page()
    again.goto(site + "/map/maintenance")
    again.wait_for_selector("[data-ready]", state="attached")

    assert "Offline" in again.locator("#online-status").inner_text()
    again.locator(".locate").tap()
    again.locator(".location-dot").wait_for()
    assert again.locator("#list .row").count() > 0
