"""Pages for people. A view reads, asks and answers; what a page says is made in `webmap.pages`."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from geo.layers import named
from geo.naming import slug
from geo.places import Bbox
from geo.store.protocol import Record
from webmap import assets, local, params, shell
from webmap.atlas import atlas
from webmap.clock import today
from webmap.maps import VIEWS, MapView, draw
from webmap.pages import layers, nowhere, parcel, places, search, town
from webmap.towns import around, standing
from webmap.words import UNKNOWN

bp = Blueprint("pages", __name__)
bp.register_blueprint(assets.bp)
bp.register_blueprint(shell.bp)
bp.add_app_template_filter(slug, "slug")

MIDDLE = Bbox(-90.36, 38.66, -90.24, 38.75)  # where a map opens that has no towns yet


@bp.get("/")
def start() -> ResponseReturnValue:
    """Search box, map of the consortium, the towns, what is loaded."""
    params.only(request.args)
    towns = standing(atlas().reader, today())
    return page(
        "start.html",
        towns=town.table(towns),
        views=VIEWS.values(),
        chart=_chart(VIEWS["coverage"], towns, far=True) if towns else None,
        scale=VIEWS["coverage"].scale,
        canopy_note=town.canopy_note(towns),
        layers=layers.loaded(atlas().status),
        example=search.example(atlas().reader),
    )


@bp.get("/map/<name>")
def map_page(name: str) -> ResponseReturnValue:
    """One of the three maps, as its address says: filters, layers and place."""
    if name not in VIEWS:
        raise NotFound
    view = VIEWS[name]
    layer = named(view.layer)
    params.only(request.args, *params.allowed(layer), *params.MAP_STATE)
    towns = standing(atlas().reader, today())
    return page(
        "map.html",
        view=view,
        chart=_chart(view, towns),
        towns=town.table(towns),
        town_choices=[_choice(one) for one in towns],
        choices=layers.filters(layer, view.filters),
        dates=layers.dates(layer, view.dates),
        species=atlas().tilesets.species if view.name == "maintenance" else (),
        chosen=request.args.to_dict(flat=False),
        nowhere=nowhere.told(
            atlas().reader, layer, list(request.args.items(multi=True)), atlas().towns
        ),
        export_href=url_for("api.features", layer=view.layer),
        dated=_map_note(view, towns),
    )


@bp.get("/parcels/<path:id_>", endpoint="parcel")
def parcel_page(id_: str) -> ResponseReturnValue:
    """Tell what applies on a lot, and what stands there."""
    params.only(request.args)
    told = parcel.page(atlas().reader, id_, today())
    dated = layers.dated(atlas().status, "parcels", "trees", "canopy", "inspections")
    return page("parcel.html", **told, dated=dated)


@bp.get("/towns/<slug_>", endpoint="town")
def town_page(slug_: str) -> ResponseReturnValue:
    """Tell a town's figures."""
    params.only(request.args)
    told = town.page(atlas(), slug_, today())
    return page("town.html", **told, dated=layers.dated(atlas().status, "trees", "canopy"))


@bp.get("/trees/<path:id_>")
def tree(id_: str) -> ResponseReturnValue:
    """Tell of a tree."""
    params.only(request.args)
    told = places.tree(atlas().reader, id_)
    return page("record.html", **told, dated=layers.dated(atlas().status, "trees"))


@bp.get("/sites/<path:id_>")
def site(id_: str) -> ResponseReturnValue:
    """Tell of a place where a tree stands, stood or can stand."""
    params.only(request.args)
    told = places.site(atlas().reader, id_)
    return page("record.html", **told, dated=layers.dated(atlas().status, "sites"))


@bp.get("/inspections/<path:id_>")
def inspection(id_: str) -> ResponseReturnValue:
    """Tell of an inspection or a request."""
    params.only(request.args)
    told = places.inspection(atlas().reader, id_, today())
    return page("record.html", **told, dated=layers.dated(atlas().status, "inspections"))


@bp.get("/find")
def find() -> ResponseReturnValue:
    """Look an address, a parcel or a place up; the one exact answer opens at once."""
    params.only(request.args, "q", "all")
    query = request.args.get("q", "").strip()[: params.LONGEST]
    told = search.page(atlas(), query)
    if not told["candidates"]:
        told |= {"example": search.example(atlas().reader), "crossing": atlas().crossing}
    if told["only"] and "all" not in request.args:
        return redirect(told["only"])
    return page("find.html", query=query, **told)


@bp.get("/exports")
def exports() -> ResponseReturnValue:
    """Every layer with its rows, date, source, licence, fields, filters and download."""
    params.only(request.args)
    return page("exports.html", layers=layers.exported(atlas().status), towns=atlas().towns)


@bp.get("/exports/<layer>")
def export(layer: str) -> ResponseReturnValue:
    """Send a form's choices on to the API; what a form leaves blank is no filter."""
    kind = named(layer)
    params.only(request.args, *params.allowed(kind))
    chosen = [(key, value) for key, value in request.args.items(multi=True) if value.strip()]
    address = url_for("api.features", layer=kind.name)
    return redirect(f"{address}?{urlencode([*chosen, ('download', '1')])}")


@bp.get("/offline")
def offline() -> ResponseReturnValue:
    """Tell that there is no signal: what a device shows of a page that it has not kept."""
    params.only(request.args)
    return page("offline.html")


@bp.get("/about")
def about() -> ResponseReturnValue:
    """Where the data come from, and how figures are made."""
    params.only(request.args)
    crs = atlas().reader.settings().get("crs") or UNKNOWN
    note = f"Measured in {crs}; shown in degrees (EPSG:4326). Version {atlas().version} of the workspace."
    return page("about.html", layers=layers.described(atlas().status), workspace_note=note)


def page(template: str, **told: Any) -> str:
    """Render a page with what every page tells."""
    return render_template(template, illustrative=layers.illustrative(atlas().status), **told)


def _chart(view: MapView, towns: list[Record], *, far: bool = False) -> Any:
    modules = ["worker", "desk", "packs"]
    if local.permitted(atlas().settings):
        modules.append("crew")
        g.told_to = "-crew"
    return draw(
        view,
        around(towns) or MIDDLE,
        api=url_for("api.nothing", _="x").removesuffix("/x"),
        today=today(),
        tiles=atlas().told_of_tiles(),
        files={name: assets.asset(f"{name}.js") for name in modules},
        basemap=_basemap(),
        far=far,
    )


def _basemap() -> dict[str, str] | None:
    settings = atlas().settings
    told = {"address": settings.basemap, "credit": settings.basemap_credit}
    return told if settings.basemap else None


def _choice(one: Record) -> dict[str, str]:
    return {"name": one.values["name"], "slug": slug(one.values["name"])}


def _map_note(view: MapView, towns: list[Record]) -> str:
    note = layers.dated(atlas().status, view.layer)
    return f"{town.canopy_note(towns)} {note}" if view.name == "coverage" else note
