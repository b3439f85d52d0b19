"""Access rules: who may edit, and who may read crew notes and photos."""
