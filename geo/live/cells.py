"""Canopy rasters, read when the first lot asks for cells."""

from functools import cached_property

from geo.rasters import Raster
from geo.store.protocol import Reader


class Cells:
    """The rasters of a store; `reader` is the store as it stands when somebody asks."""

    reader: Reader

    @cached_property
    def all(self) -> list[Raster]:
        """Every raster, read once."""
        return self.reader.rasters()

    def forget(self) -> None:
        """Read them anew when the next lot asks."""
        self.__dict__.pop("all", None)
