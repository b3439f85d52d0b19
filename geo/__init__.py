"""The spatial core of lotleaf: layers, joins, addresses and the store. It knows no web."""
