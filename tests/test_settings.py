"""Every knob has its sentence, and a value that cannot be read is named."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from geo.errors import BadInput
from webmap.http.security import CSP, content_security_policy
from webmap.settings import ENV_PREFIX, Settings

PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "settings.md").read_text("utf-8")


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_every_setting_stands_in_the_docs_with_its_sentence_and_its_default(field):
    (told,) = [part for part in PAGE.split("\n## ") if part.startswith(f"{ENV_PREFIX}{field.name.upper()}\n")]

    assert Settings.descriptions()[field.name] in " ".join(told.split())
    assert f"- Default: `{shown(field.default)}`\n" in told


def test_the_docs_name_no_setting_that_is_not():
    named = set(re.findall(rf"^## ({ENV_PREFIX}\w+)$", PAGE, re.MULTILINE))

    assert named == {ENV_PREFIX + field.name.upper() for field in fields(Settings)}


def test_an_empty_environment_leaves_every_default():
    assert Settings.from_env({"LOTLEAF_PORT": "  ", "PORT": "9"}) == Settings()


def test_each_kind_of_value_is_read():
    settings = Settings.from_env(
        {
            "LOTLEAF_WORKSPACE": "/srv/town.gpkg",
            "LOTLEAF_WORKERS": "4",
            "LOTLEAF_NEAR_M": "7.5",
            "LOTLEAF_ACCESS_LOG": "Off",
            "LOTLEAF_TLS_CERT": "/etc/town.crt",
            "LOTLEAF_HOSTS": "trees.town.example, town.example,",
        }
    )

    assert settings.workspace == Path("/srv/town.gpkg")
    assert (settings.workers, settings.near_m, settings.access_log) == (4, 7.5, False)
    assert settings.tls_cert == Path("/etc/town.crt")
    assert settings.tls_key is None
    assert settings.hosts == ("trees.town.example", "town.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("ACCESS_LOG", "maybe"), ("NEAR_M", "far"), ("NEAR_M", "nan"),
     ("WORKERS", "0"), ("PORT", "70000"), ("TRUSTED_PROXIES", "-1")],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_refused_by_its_name(name, value):
    with pytest.raises(BadInput, match=f"LOTLEAF_{name} is '{value}'"):
        Settings.from_env({f"LOTLEAF_{name}": value})


def shown(value):
    if value in (None, (), ""):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://tiles.example/{z}/{x}/{y}",
        "https://tiles.example/",
        "https://a b; script-src *//{z}/{x}/{y}",
        "tiles/{z}/{x}/{y}",
        "https://[/{z}/{x}/{y}",
        "https://tiles.example:99999/{z}/{x}/{y}",
        "https://tiles.example/{z}/{x}/{y}?key={key}",
    ],
)
def test_a_basemap_that_is_none_ends_the_start(address):
    with pytest.raises(BadInput, match="LOTLEAF_BASEMAP"):
        content_security_policy(Settings(basemap=address, basemap_credit="Somebody"))


def test_a_basemap_needs_its_credit_and_is_all_that_the_policy_lets_in():
    address = "https://tiles.example:8443/{z}/{x}/{y}.png"
    with pytest.raises(BadInput, match="credit"):
        content_security_policy(Settings(basemap=address))

    assert "img-src 'self' data: https://tiles.example:8443;" in content_security_policy(
        Settings(basemap=address, basemap_credit="A")
    )
    assert content_security_policy(Settings()) == CSP
