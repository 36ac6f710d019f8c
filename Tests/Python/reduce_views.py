"""Compares the subscriber's views of arrays with what NumPy makes of the same arrays.

python Tests/Python/reduce_views.py make FOLDER       makes the arrays
python Tests/Python/reduce_views.py compare URL FOLDER
"""

import io
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import warnings

import blosc2
import numpy as np

SEED, ARRAYS, VIEWS = 20, 40, 6
"""240 views."""
NUMBERS = ["?", "u1", "i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"]
OTHERS = ["S4", "<U3", "<c8", "<M8[s]"]
STRUCTURES = {
    "letters": np.dtype([("größe", "<i4"), ("it's", ">i2", (2, 3))]),
    "gaps": np.dtype({"names": ["a", "b"], "formats": ["i1", ("<i8", (2,))], "offsets": [1, 8], "itemsize": 32}),
    "inner": np.dtype([("place", [("x", "<i2"), ("y", "<M8[D]")]), ("n", "u1")]),
    "long": np.dtype([(f"a field with a number, {n}", "u1") for n in range(2000)]),
}
"""Whose names and gaps the head of a file of NumPy has to tell."""
REDUCTIONS = ["stride", "mean", "min", "max"]


def values(shape: tuple[int, ...], dtype: np.dtype, chance: np.random.Generator) -> np.ndarray:
    if dtype.kind == "f":
        array = chance.normal(0, 1000, shape).astype(dtype)
        # Holes: single values, and an edge where whole neighbourhoods have none.
        array[chance.random(shape) < 0.2] = np.nan
        array[..., : shape[-1] // 3] = np.nan
        return array
    if dtype.kind in "biu":
        low, high = (0, 2) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        return chance.integers(low, high, shape, dtype="u1" if dtype.kind == "b" else dtype).astype(dtype)
    return chance.integers(0, 1000, shape).astype("U3" if dtype.kind in "SU" else "i8").astype(dtype)


def make(folder: str) -> None:
    chance = np.random.default_rng(SEED)
    for number in range(ARRAYS):
        shape = tuple(int(n) for n in chance.integers(1, [4000, 300, 60, 24][number % 4], number % 4 + 1))
        dtype = np.dtype(OTHERS[number // 7] if number % 7 == 6 and number // 7 < len(OTHERS) else NUMBERS[number % len(NUMBERS)])
        chunks = tuple(int(chance.integers(1, n + 1)) for n in shape)
        # Few enough chunks for a file to be made in a moment.
        while np.prod([-(-n // c) for n, c in zip(shape, chunks)]) > 400:
            chunks = tuple(min(n, 2 * c) for n, c in zip(shape, chunks))
        blocks = tuple(int(chance.integers(1, c + 1)) for c in chunks)
        while np.prod([-(-c // b) for c, b in zip(chunks, blocks)]) > 400:
            blocks = tuple(min(c, 2 * b) for c, b in zip(chunks, blocks))
        blosc2.asarray(values(shape, dtype, chance), urlpath=f"{folder}/a{number:02d}.b2nd", mode="w", chunks=chunks, blocks=blocks)
    fields = np.zeros(5000, dtype=[("name", "S3"), ("height", "<f4"), ("count", "<i8")])
    fields["height"], fields["count"] = chance.normal(size=5000), chance.integers(0, 10**12, 5000)
    blosc2.asarray(fields, urlpath=folder + "/fields.b2nd", mode="w")
    # More than an answer may have, but not of numbers.
    blosc2.zeros((1200, 1200), dtype=[("note", "<U200"), ("value", "<f4")], chunks=(300, 300), urlpath=folder + "/notes.b2nd", mode="w")
    for name, dtype in STRUCTURES.items():
        rows = chance.integers(0, 256, 300 * dtype.itemsize, dtype="u1").view(dtype)
        blosc2.asarray(rows, urlpath=f"{folder}/{name}.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def expected(part: np.ndarray, pixels: list[int], reduction: str) -> np.ndarray:
    """In the words of docs/page-api.md: f = ceil(n / pixels) neighbours become one point."""
    factors = [-(-n // limit) if n else 1 for n, limit in zip(part.shape, pixels)] + [1] * (part.ndim - len(pixels))
    if reduction == "stride" or all(factor == 1 for factor in factors):
        return part[tuple(slice(None, None, factor) for factor in factors)]
    part = part.view("u1") if part.dtype.kind == "b" else part
    wide = part.dtype.itemsize == 8
    result = np.empty([-(-n // f) for n, f in zip(part.shape, factors)],
                      (np.float64 if wide else np.float32) if reduction == "mean" else part.dtype)
    reduce = {"mean": lambda a: np.nanmean(a, dtype="f8"), "min": np.nanmin, "max": np.nanmax}[reduction]
    for place in np.ndindex(*result.shape):
        result[place] = reduce(part[tuple(slice(p * f, (p + 1) * f) for p, f in zip(place, factors))])
    return result


def question(shape: tuple[int, ...], chance: np.random.Generator) -> tuple[str, tuple, list[int]]:
    """A slice, as text and for NumPy, and so many pixels."""
    texts, index, pixels = [], [], []
    for n in shape:
        start, stop = sorted(int(x) for x in chance.integers(0, n + 1, 2))
        kind = chance.integers(0, 4)
        if kind == 0:
            position = int(chance.integers(0, n))
            texts.append(str(position))
            index.append(position)
            continue
        text, part = [("", slice(None)), (f"{start}:{stop}", slice(start, stop)), (f"{start - n}:", slice(start - n, None))][kind - 1]
        texts.append(text or ":")
        # NumPy takes -0 as 0.
        index.append(part if start < n or kind != 3 else slice(0, None))
        pixels.append(int(chance.integers(1, 40)))
    return ",".join(texts), tuple(index), pixels[: int(chance.integers(0, len(pixels) + 1))]


def view(url: str, name: str, **query: str) -> np.ndarray:
    with urllib.request.urlopen(f"{url}/api/view/arrays/{name}?{urllib.parse.urlencode(query)}", timeout=600) as answer:
        return np.load(io.BytesIO(answer.read()), allow_pickle=False, max_header_size=1 << 20)


def check(url: str, name: str, array: np.ndarray, text: str, index: tuple, pixels: list[int], reduction: str, **more: str) -> None:
    query = {"slice_": text, "reduce": reduction, **({"pixels": ",".join(map(str, pixels))} if pixels else {}), **more}
    found, wanted = view(url, name, **query), expected(array[index], pixels, reduction)
    same = found.dtype == wanted.dtype and found.shape == wanted.shape and (
        np.allclose(found, wanted, rtol=1e-6 if wanted.dtype == "f4" else 1e-12, equal_nan=True) if reduction == "mean"
        else found.tobytes() == np.ascontiguousarray(wanted).tobytes() or np.array_equal(found, wanted, equal_nan=wanted.dtype.kind in "fc"))
    assert same, f"{name} {array.shape} {array.dtype} {query}:\n{found.dtype} {found.shape} {found}\nis not\n{wanted.dtype} {wanted.shape} {wanted}"


def compare(url: str, folder: str) -> None:
    chance, count = np.random.default_rng(SEED + 1), 0
    for number in range(ARRAYS):
        name = f"a{number:02d}.b2nd"
        array = blosc2.open(f"{folder}/{name}")[()]
        reductions = REDUCTIONS if array.dtype.kind in "biuf" else ["stride"]
        for turn in range(VIEWS):
            check(url, name, array, *question(array.shape, chance), reductions[(turn + number) % len(reductions)])
            count += 1
    for name in STRUCTURES:
        rows = blosc2.open(f"{folder}/{name}.b2nd")[()]
        check(url, name + ".b2nd", rows, "3:290", (slice(3, 290),), [40], "stride")
        # Of a type whose text is longer than 64 KiB no field can be asked for.
        for field in rows.dtype.names[:2] if name != "long" else ():
            check(url, name + ".b2nd", rows[field], "3:290", (slice(3, 290),), [40], "stride", field=field)
    assert view(url, "notes.b2nd", field="value", pixels="1200,1200").shape == (1200, 1200)
    with urllib.request.urlopen(url + "/api/fetch/arrays/notes.b2nd?field=value", timeout=600) as answer:
        assert blosc2.ndarray_from_cframe(answer.read()).shape == (1200, 1200)
    fields = blosc2.open(folder + "/fields.b2nd")[()]
    for field in ("height", "count"):
        for reduction in REDUCTIONS:
            check(url, "fields.b2nd", fields[field], "17:4900", (slice(17, 4900),), [33], reduction, field=field)
            count += 1
    for query in ({"reduce": "mean", "pixels": "10"}, {"reduce": "mean", "pixels": "10", "field": "name"}):
        try:
            view(url, "fields.b2nd", **query)
        except urllib.error.HTTPError as error:
            assert error.code == 400 and json.load(error)["detail"], query
        else:
            raise AssertionError(f"{query} was answered")
    print(f"{count} views are NumPy's")


if __name__ == "__main__":
    warnings.simplefilter("ignore", RuntimeWarning)
    {"make": make, "compare": compare}[sys.argv[1]](*sys.argv[2:])
