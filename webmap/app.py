"""The application factory: it registers state, hooks, blueprints and middleware.

`webmap.create_app` calls `build_app`.
"""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from geo.store.protocol import Store
from webmap.api import edit_routes, feature_routes, health, openapi, tile_routes
from webmap.http import access_log, caching, display_language, errors, request_limiter, security
from webmap.http.tile_middleware import TileMiddleware
from webmap.pages import routes
from webmap.settings import Settings
from webmap.state import app_state


def build_app(settings: Settings, store: Store) -> Flask:
    """Return the Flask app that serves `store`.

    The WSGI middleware wraps the app: the proxy fix is outermost, then the tile cache, then Flask.
    """
    app = Flask("webmap")
    app.json.sort_keys = False  # type: ignore[attr-defined] # the default provider has the attribute
    app_state.init_app(app, store, settings)
    # Flask runs after_request hooks in reverse: the first one registered sees the response last.
    if settings.access_log:
        access_log.init_app(app)
    display_language.init_app(app, settings)
    security.init_app(app, settings)
    request_limiter.init_app(app, settings)
    caching.init_app(app, settings)
    errors.init_app(app)
    for blueprint in (health.bp, feature_routes.bp, tile_routes.bp, openapi.bp, routes.bp):
        app.register_blueprint(blueprint)
    edit_routes.init_app(app, store, settings)
    tile_cache, host_names = app.extensions["lotleaf"].tiles.cache, security.allowed_hosts(settings)
    middleware = TileMiddleware(app.wsgi_app, tile_cache, host_names, logs_requests=settings.access_log)
    app.wsgi_app = middleware  # type: ignore[method-assign] # as Flask documents
    if settings.trusted_proxies:
        proxy_count = settings.trusted_proxies
        proxy_fix = ProxyFix(app.wsgi_app, x_for=proxy_count, x_proto=proxy_count, x_host=proxy_count)
        app.wsgi_app = proxy_fix  # type: ignore[method-assign] # as Flask documents
    return app
