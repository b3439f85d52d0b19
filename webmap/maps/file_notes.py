"""The notes of a map file in the current language: what it leaves out, and what is unknown.

`webmap.maps.file_map` puts them into the page. `webmap.cli.map_command` prints the omissions.
"""

from geo.language.translate import gettext, gettext_noop, ngettext
from webmap.maps.file_content import FileContent, Omission

UNKNOWN_NOTES = {
    "maintenance": gettext_noop("unknown: no tree inventory covers this ground"),
    "inspections": gettext_noop("unknown: no inspections of this town are loaded"),
}
PRIVATE_NOTE = gettext_noop(
    "Owners, mailing addresses, complainants, phone numbers and notes are never part of this file."
)


def map_title(content: FileContent) -> str:
    """Return the title of a map with the names of its towns, or their number."""
    title = gettext(content.view.title)
    names = [str(town.values["name"]) for town in content.towns]
    if not names:
        return title
    if len(names) <= 4:
        return gettext("%(map)s: %(towns)s", map=title, towns=", ".join(names))
    return ngettext("%(map)s: %(count)s town", "%(map)s: %(count)s towns", len(names), map=title)


def unknown_note(content: FileContent) -> str:
    """Return the meaning of the hatch on a map of marks."""
    return gettext(UNKNOWN_NOTES.get(content.view.name, ""))


def left_out_notes(content: FileContent) -> list[str]:
    """Return one sentence for each kind of record that the map does not show."""
    notes = [_unsurveyed_text(content), _unplaced_text(content), _stacked_text(content), gettext(PRIVATE_NOTE)]
    return [note for note in notes if note]


def omission_texts(content: FileContent) -> list[str]:
    """Return one phrase for each part that is left out to save room."""
    return [_omission_text(content.view.name, omission) for omission in content.omissions]


def _omission_text(view_name: str, omission: Omission) -> str:
    count = omission.record_count
    if omission.part == "streets":
        return ngettext("%(count)s street", "%(count)s streets", count)
    if omission.part == "other parcels":
        return ngettext("%(count)s other parcel", "all %(count)s other parcels", count)
    if omission.part == "empty parcels":
        return _empty_parcels_text(view_name, count)
    if view_name == "maintenance":
        return ngettext(
            "%(count)s tree or site that needs no work", "%(count)s trees and sites that need no work", count
        )
    return ngettext("%(count)s closed or canceled inspection", "%(count)s closed or canceled inspections", count)


def _empty_parcels_text(view_name: str, count: int) -> str:
    if view_name == "coverage":
        return ngettext("%(count)s parcel of unknown canopy", "%(count)s parcels of unknown canopy", count)
    if view_name == "maintenance":
        return ngettext(
            "%(count)s parcel without a recorded tree or site",
            "%(count)s parcels without recorded trees or sites",
            count,
        )
    return ngettext(
        "%(count)s parcel without a recorded inspection", "%(count)s parcels without recorded inspections", count
    )


def _unsurveyed_text(content: FileContent) -> str:
    towns = ", ".join(str(town.values["name"]) for town in content.towns if content.is_unsurveyed(town))
    if not towns:
        return ""
    if content.view.name == "maintenance":
        return gettext("No tree inventory is loaded for %(towns)s. Unknown is not zero.", towns=towns)
    return gettext("No inspections are loaded for %(towns)s. Unknown is not zero.", towns=towns)


def _unplaced_text(content: FileContent) -> str:
    if not content.unplaced_count:
        return ""
    if content.view.name == "maintenance":
        return ngettext(
            "%(count)s tree or site has no location and is not on the map.",
            "%(count)s trees and sites have no location and are not on the map.",
            content.unplaced_count,
        )
    return ngettext(
        "%(count)s inspection has no location and is not on the map.",
        "%(count)s inspections have no location and are not on the map.",
        content.unplaced_count,
    )


def _stacked_text(content: FileContent) -> str:
    if not content.stacked_count:
        return ""
    return ngettext(
        "%(count)s stacked unit shares its ground with others. The map draws that ground once.",
        "%(count)s stacked units share their ground with others. The map draws that ground once.",
        content.stacked_count,
    )
