"""Benchmark of maps in a browser: lotleaf beside naive Folium, on a slow machine with a slow connection."""
