"""The arrays that are measured with; made once and kept in a folder."""

import os

import blosc2
import numpy as np

SHAPE, CHUNKS, BLOCKS = (256, 1024, 1024), (16, 256, 256), (4, 64, 64)
# A slice of 100 KB: its shape, and one that is asked for again and again.
SLICE, FIXED = (1, 160, 160), "100:101,200:360,300:460"


def cube(folder: str) -> str:
    """1 GiB of float32 that compresses to about 400 MB: a smooth field with noise in the last bits that are kept."""
    path = os.path.join(folder, "cube.b2nd")
    if os.path.exists(path):
        return path
    random = np.random.default_rng(1)
    cparams = {"codec": blosc2.Codec.ZSTD, "clevel": 5, "filters": [blosc2.Filter.SHUFFLE], "nthreads": 2}
    partial = path + ".part.b2nd"
    array = blosc2.empty(SHAPE, np.float32, chunks=CHUNKS, blocks=BLOCKS, urlpath=partial, mode="w", cparams=cparams)
    y, x = np.meshgrid(np.arange(SHAPE[1]), np.arange(SHAPE[2]), indexing="ij")
    for z in range(0, SHAPE[0], CHUNKS[0]):
        slab = np.empty((CHUNKS[0],) + SHAPE[1:], np.float32)
        for k in range(CHUNKS[0]):
            field = 280 + 15 * np.sin((x + 3 * (z + k)) / 97) * np.cos(y / 131)
            noise = random.integers(-128, 128, SHAPE[1:])
            slab[k] = np.round(field * 256 + noise) / 256
        array[z : z + CHUNKS[0]] = slab
    del array
    os.rename(partial, path)
    return path


def many(folder: str, count: int = 10_000) -> str:
    """A folder of small arrays."""
    path = os.path.join(folder, f"many-{count}")
    if os.path.exists(path):
        return path
    partial = path + ".part"
    os.makedirs(partial, exist_ok=True)
    content = blosc2.asarray(np.arange(10)).to_cframe()
    for number in range(count):
        with open(os.path.join(partial, f"{number:06d}.b2nd"), "wb") as f:
            f.write(content)
    os.rename(partial, path)
    return path


ROWS = 100_000


def rows(folder: str) -> str:
    """A folder with `rows.b2nd`: 400 MB of float32 in chunks of one row of 1,000, some 2 KB each."""
    path = os.path.join(folder, "rows")
    if os.path.exists(path):
        return path
    partial = path + ".part"
    os.makedirs(partial, exist_ok=True)
    random = np.random.default_rng(3)
    array = blosc2.empty((ROWS, 1000), np.float32, chunks=(1, 1000), blocks=(1, 1000), urlpath=partial + "/rows.b2nd", mode="w",
                         cparams={"codec": blosc2.Codec.LZ4, "nthreads": 1})
    for start in range(0, ROWS, 1000):
        array[start : start + 1000] = random.integers(0, 10_000, (1000, 1000)).astype(np.float32)
    del array
    os.rename(partial, path)
    return path
