"""HTTP routes of the pages for people. A view parses the request and renders a template.

`webmap.app.build_app` registers the blueprint. The other modules of `webmap.pages` build the
template contexts.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from geo.crs import Bbox
from geo.errors import NoSuchRecord
from geo.formats.export_file import EXPORT_FORMATS
from geo.identifiers import slugify
from geo.language.translate import gettext
from geo.schema import layer_named
from geo.store.records import Record
from webmap import param_values, params, source_notes
from webmap.api.record_json import PAGE_ENDPOINTS
from webmap.assets import bundles, web_manifest
from webmap.auth import local_only
from webmap.clock import today
from webmap.http.errors import error_response
from webmap.maps import MAP_VIEWS, MapView, draw_map
from webmap.measures import UNKNOWN
from webmap.pages import (
    deleted_record,
    district_page,
    doubles_page,
    layers_page,
    parcel_page,
    record_pages,
    search_page,
    town_page,
    towns_table,
    unplaced_records,
)
from webmap.pages.parts import export_links
from webmap.state.app_state import app_state
from webmap.state.town_list import bbox_of_outlines, towns_in_force

bp = Blueprint("pages", __name__)
bp.register_blueprint(bundles.bp)
bp.register_blueprint(web_manifest.bp)
bp.add_app_template_filter(slugify, "slug")

# The scripts that a map page loads by itself, by their names in the page's configuration.
MAP_SCRIPTS = {"workerUrl": "render-worker.js", "rendererUrl": "map-renderer.js", "packsUrl": "town-packs.js"}
LAYER_BY_ENDPOINT = {endpoint: layer for layer, endpoint in PAGE_ENDPOINTS.items()}
DEFAULT_BBOX = Bbox(-90.36, 38.66, -90.24, 38.75)  # the map opens here when there are no towns


@bp.get("/")
def show_start() -> ResponseReturnValue:
    """Return the start page: search, canopy map, towns and loaded layers."""
    towns = towns_in_force(app_state().reader, today())
    return render_page(
        "start.html",
        towns=towns_table.towns_table(towns),
        views=MAP_VIEWS.values(),
        chart=_draw_map_view(MAP_VIEWS["coverage"], towns, is_overview=True) if towns else None,
        scale=MAP_VIEWS["coverage"].scale,
        canopy_note=towns_table.canopy_range_note(towns),
        former_towns=towns_table.former_towns(app_state().reader, today()),
        layers=layers_page.loaded_layers(app_state().status),
        example=search_page.example_address(app_state().reader),
    )


@bp.get("/map/<name>")
def show_map(name: str) -> ResponseReturnValue:
    """Return one of the three maps. The query string sets filters, layers and position."""
    if name not in MAP_VIEWS:
        raise NotFound
    view = MAP_VIEWS[name]
    layer_def = layer_named(view.layer)
    args = params.known_args(request.args, *params.layer_parameters(layer_def), *params.MAP_STATE_PARAMS)
    towns = towns_in_force(app_state().reader, today())
    return render_page(
        "map.html",
        view=view,
        chart=_draw_map_view(view, towns),
        towns=towns_table.towns_table(towns),
        town_choices=[_town_choice(record) for record in towns],
        choices=layers_page.filter_choices(layer_def, view.filter_fields),
        dates=layers_page.date_choices(layer_def, view.date_fields),
        species=app_state().tiles.tilesets.species_choices if view.name == "maintenance" else (),
        chosen=args.to_dict(flat=False),
        unplaced=unplaced_records.unplaced_summary(
            app_state().reader, layer_def, list(args.items(multi=True)), app_state().town_names
        ),
        export_links=export_links.export_links(view.layer, export_links.filled_filters(args, layer_def)),
        dated=_map_note(view, towns),
    )


@bp.get("/parcels/<path:id_>")
def show_parcel(id_: str) -> ResponseReturnValue:
    """Return the page of a parcel."""
    context = parcel_page.parcel_context(app_state().reader, id_, today())
    date_note = source_notes.data_date_note(app_state().status, "parcels", "trees", "canopy", "inspections")
    return render_page("parcel.html", **context, dated=date_note)


@bp.get("/towns/<slug_>")
def show_town(slug_: str) -> ResponseReturnValue:
    """Return the page of a town."""
    context = town_page.town_context(app_state(), slug_, today())
    return render_page("town.html", **context, dated=source_notes.data_date_note(app_state().status, "trees", "canopy"))


@bp.get("/districts/<path:id_>")
def show_district(id_: str) -> ResponseReturnValue:
    """Return the page of a district, as police/normandy-police. Redirect to it from the id of one of its rows."""
    context = district_page.district_context(app_state(), id_, today())
    if context["id"] != id_:
        return redirect(url_for("pages.show_district", id_=context["id"]))
    return render_page("district.html", **context)


@bp.get("/trees/<path:id_>")
def show_tree(id_: str) -> ResponseReturnValue:
    """Return the page of a tree."""
    context = record_pages.tree_context(app_state().reader, id_)
    return render_page("record.html", **context, dated=source_notes.data_date_note(app_state().status, "trees"))


@bp.get("/sites/<path:id_>")
def show_site(id_: str) -> ResponseReturnValue:
    """Return the page of a planting site."""
    context = record_pages.site_context(app_state().reader, id_)
    return render_page("record.html", **context, dated=source_notes.data_date_note(app_state().status, "sites"))


@bp.get("/inspections/<path:id_>")
def show_inspection(id_: str) -> ResponseReturnValue:
    """Return the page of an inspection."""
    context = record_pages.inspection_context(app_state().reader, id_, today())
    return render_page("record.html", **context, dated=source_notes.data_date_note(app_state().status, "inspections"))


@bp.get("/doubles")
def show_doubles() -> ResponseReturnValue:
    """Return the page of trees of different sources that may be one, of all towns or of `town`."""
    params.allow_only(request.args, "town")
    town = param_values.optional_text(request.args, "town")
    name = params.resolve_town(town, app_state().town_names) if town else None
    return render_page("doubles.html", **doubles_page.doubles_context(app_state(), name))


@bp.get("/find")
def show_search() -> ResponseReturnValue:
    """Return the results of a search, or redirect to the one exact match."""
    query = request.args.get("q", "").strip()[: param_values.MAX_VALUE_LENGTH]
    context = search_page.search_context(app_state(), query)
    if context["only"] and "all" not in request.args:
        return redirect(context["only"])
    examples = [] if context["candidates"] else search_page.search_examples(app_state())
    return render_page("find.html", query=query, examples=examples, **context)


@bp.get("/exports")
def show_exports() -> ResponseReturnValue:
    """Return the exports page: each layer with its rows, source, license, fields and filters."""
    return render_page(
        "exports.html",
        layers=layers_page.export_layers(app_state().status, app_state().far_records),
        former_towns=towns_table.former_towns(app_state().reader, today()),
        towns=app_state().town_names,
        formats=EXPORT_FORMATS.values(),
    )


@bp.get("/exports/<layer>")
def redirect_to_export(layer: str) -> ResponseReturnValue:
    """Redirect from the export form to the API. Blank inputs are left out."""
    layer_def = layer_named(layer)
    params.allow_only(request.args, *params.layer_parameters(layer_def), params.FORMAT)
    format_name = param_values.optional_text(request.args, params.FORMAT) or "geojson"
    filters = export_links.filled_filters(request.args, layer_def)
    return redirect(export_links.export_href(layer_def.name, format_name, filters))


@bp.get("/offline")
def show_offline() -> ResponseReturnValue:
    """Return the page that a device shows, without a signal, for pages that it has not cached."""
    return render_page("offline.html")


@bp.get("/about")
def show_about() -> ResponseReturnValue:
    """Return the page about the data sources and the methods."""
    crs = app_state().reader.settings().get("crs") or gettext(UNKNOWN)
    note = gettext(
        "All measurements are made in the coordinate system %(crs)s. Version %(version)s of the data.",
        crs=crs,
        version=app_state().version,
    )
    return render_page("about.html", layers=layers_page.layer_descriptions(app_state().status), workspace_note=note)


@bp.errorhandler(NoSuchRecord)
def show_deleted(error: NoSuchRecord) -> ResponseReturnValue:
    """Return the page of a deleted record with 410, and an error page for an id that was never on record.

    The former number of one parcel leads to that parcel.
    """
    layer = LAYER_BY_ENDPOINT.get(request.endpoint or "")
    id_ = (request.view_args or {}).get("id_")
    context = deleted_record.deleted_context(app_state().reader, layer, id_) if layer and id_ else None
    if context is None and layer == "parcels" and id_:
        new_ids = deleted_record.renumbered_parcels(app_state().reader, id_)
        if len(new_ids) == 1:
            return redirect(url_for("pages.show_parcel", id_=new_ids[0]))
    if context is None:
        return error_response(HTTPStatus.NOT_FOUND, str(error))
    return render_page("deleted.html", **context), HTTPStatus.GONE, {"Cache-Control": "no-store"}


def render_page(template: str, **context: Any) -> str:
    """Return a rendered template. Every page states whether illustrative data is loaded."""
    return render_template(template, illustrative=source_notes.has_illustrative_data(app_state().status), **context)


def _draw_map_view(view: MapView, towns: list[Record], *, is_overview: bool = False) -> Any:
    scripts = dict(MAP_SCRIPTS)
    if local_only.is_edit_allowed(app_state().settings):
        scripts["crewUrl"] = "crew-panel.js"
        g.etag_suffix = "-crew"
    return draw_map(
        view,
        bbox_of_outlines(towns) or DEFAULT_BBOX,
        api=url_for("api.refuse_unknown_path", _="x").removesuffix("/x"),
        today=today(),
        tileset_summary=app_state().tiles.summary(),
        module_urls={key: bundles.asset_url(name) for key, name in scripts.items()},
        basemap=_basemap_config(),
        is_overview=is_overview,
    )


def _basemap_config() -> dict[str, str] | None:
    settings = app_state().settings
    config = {"urlTemplate": settings.basemap, "credit": settings.basemap_credit}
    return config if settings.basemap else None


def _town_choice(record: Record) -> dict[str, str]:
    return {"name": record.values["name"], "slug": slugify(record.values["name"])}


def _map_note(view: MapView, towns: list[Record]) -> str:
    note = source_notes.data_date_note(app_state().status, view.layer)
    return f"{towns_table.canopy_range_note(towns)} {note}" if view.name == "coverage" else note
