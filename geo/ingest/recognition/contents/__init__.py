"""Contents of columns: samples, and how well they fit the kinds of a layer's fields."""
