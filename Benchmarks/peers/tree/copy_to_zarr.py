"""Copies a Blosc2 array to Zarr with the same chunks and the same codec: python copy_to_zarr.py FROM TO."""

import os
import sys

import blosc2
import zarr
from zarr.codecs import BloscCodec

source = blosc2.open(sys.argv[1], mode="r")
partial = sys.argv[2] + ".part"
codec = BloscCodec(cname="zstd", clevel=5, shuffle="shuffle")
target = zarr.create_array(
    partial, shape=source.shape, chunks=source.chunks, dtype=source.dtype, compressors=[codec], overwrite=True)
for start in range(0, source.shape[0], source.chunks[0]):
    target[start : start + source.chunks[0]] = source[start : start + source.chunks[0]]
os.rename(partial, sys.argv[2])
