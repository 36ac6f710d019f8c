"""What Tiled serves: the array as Zarr, and 10,000 small ones. Runs in Tiled's own environment."""

import os

import numpy
import zarr
from tiled.adapters.array import ArrayAdapter
from tiled.adapters.mapping import MapAdapter
from tiled.adapters.zarr import ZarrArrayAdapter

cube = zarr.open(os.environ["BENCHMARK_ZARR"], mode="r")
small = ArrayAdapter.from_array(numpy.arange(10))
tree = MapAdapter({
    "cube": ZarrArrayAdapter(cube, ArrayAdapter.from_array(cube).structure()),
    "many": MapAdapter({f"{number:06d}": small for number in range(int(os.environ["BENCHMARK_MANY"]))}),
})
