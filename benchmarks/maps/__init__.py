"""Maps in a browser: ours beside naive Folium, on a slow machine with a slow line."""
