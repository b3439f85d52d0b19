"""The app put together: each part of the web, in the order in which a request meets it."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from geo.store.protocol import Store
from webmap import access_log, answers, atlas, errors, security, turns
from webmap.ready import Door
from webmap.settings import Settings
from webmap.views import api, edits, health, pages, tiles


def assemble(settings: Settings, store: Store) -> Flask:
    """Make the app that serves a store."""
    app = Flask("webmap")
    app.json.sort_keys = False  # type: ignore[attr-defined] # the default provider has it
    atlas.register(app, store, settings)
    # Hooks behind a view run backwards: what is registered first sees the answer last.
    if settings.access_log:
        access_log.register(app)
    security.register(app, settings)
    turns.register(app, settings)
    answers.register(app, settings)
    errors.register(app)
    for bp in (health.bp, api.bp, tiles.bp, pages.bp):
        app.register_blueprint(bp)
    edits.register(app, store, settings)
    ready, hosts = app.extensions["lotleaf"].ready, security.trusted(settings)
    app.wsgi_app = Door(app.wsgi_app, ready, hosts, tells=settings.access_log)  # type: ignore[method-assign,assignment] # Flask's own way
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign] # Flask's own way
    return app
