"""An illustrative county of any size, with the oddities of real files."""
