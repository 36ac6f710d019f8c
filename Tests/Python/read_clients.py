"""Reads through a subscriber with the clients that people have, and compares with the files.

read_clients.py make FOLDER            makes the files
read_clients.py PART URL FOLDER        PART: caterva2, blosc2, urls, fsspec, cheap
"""

import os
import sys
import tempfile
import urllib.parse

import blosc2
import numpy as np

POINT = np.dtype([("a", "<i4"), ("b", "<f8"), ("c", "S4")])
NESTED = np.dtype([("p", [("x", "<f4"), ("y", "<f4")]), ("v", "<i2", (3,))])


def arrays():
    rng = np.random.default_rng(1)
    points = np.zeros(500, POINT)
    points["a"], points["b"] = np.arange(500), np.arange(500) / 3
    points["c"] = [str(i).encode() for i in range(500)]
    nested = np.zeros((20, 3), NESTED)
    nested["p"]["x"], nested["v"] = np.arange(60).reshape(20, 3), 7
    return {
        "ds-1d": np.arange(1000),
        "dir/cube": rng.random((64, 128, 128)).astype("f4"),
        "dir/sub/grid": np.arange(7 * 11 * 5, dtype="u2").reshape(7, 11, 5),
        "naïve name": np.arange(10.0),
        "points": points,
        "nested": nested,
        "many fields": np.ones(5, [(f"a field with a long name, {n}", "<i2") for n in range(300)]),
        "zerod": np.array(3.5),
        "empty": np.zeros((0, 3)),
        "zeros": np.zeros((100, 100)),
        "text": np.array(["abc", "de", "ü"], "U7"),
        "bytes": np.array([b"abc", b"de"], "S5"),
        "big-endian": np.arange(10).astype(">f8"),
        "days": np.arange("2020-01-01", "2020-03-01", dtype="M8[D]"),
        "spans": np.arange(20).astype("m8[ms]"),
        "half": np.linspace(0, 1, 30, dtype="f2"),
        "complex": np.arange(12).reshape(3, 4) * (1 + 2j),
        "bool": np.arange(77) % 3 == 0,
        "int8": np.arange(-100, 100, dtype="i1"),
        "6d": np.arange(2 * 3 * 2 * 3 * 2 * 3).reshape(2, 3, 2, 3, 2, 3),
    }


def make(folder):
    os.makedirs(folder + "/dir/sub")
    sizes = {"ds-1d": ((100,), (10,)), "dir/cube": ((16, 64, 128), (4, 16, 16))}
    for name, values in arrays().items():
        path = f"{folder}/{name}.b2nd"
        if name == "zeros":
            blosc2.zeros(values.shape, dtype=values.dtype, urlpath=path, mode="w", chunks=(30, 100))
            continue
        options = {}
        if name in sizes:
            options["chunks"], options["blocks"] = sizes[name]
        array = blosc2.asarray(values, urlpath=path, mode="w", **options)
        if name == "ds-1d":
            array.schunk.vlmeta["who"] = "me"
            array.schunk.vlmeta["nested"] = {"a": [1, 2.5, None, True], "b": "ü"}
    large = blosc2.asarray(np.arange(50), urlpath=folder + "/attributes.b2nd", mode="w")
    large.schunk.vlmeta["text"] = "0123456789" * 2000
    items = {"typesize": 4}
    blosc2.SChunk(chunksize=400, data=np.arange(1000, dtype="i4"), cparams=items, urlpath=folder + "/items.b2frame", mode="w")
    with open(folder + "/readme.txt", "w") as file:
        file.write("hello world\n" * 200_000)
    open(folder + "/nothing.txt", "w").close()
    with open(folder + "/last.txt", "w") as file:
        file.write("last")


def equal(got, wanted, what):
    got, wanted = np.asarray(got), np.asarray(wanted)
    assert got.shape == wanted.shape and got.dtype == wanted.dtype, (what, got.shape, got.dtype, wanted.shape, wanted.dtype)
    assert got.tobytes() == wanted.tobytes(), (what, got, wanted)


def part(values, key):
    """As an array also where NumPy would make a scalar, of another type."""
    key = key if isinstance(key, tuple) else (key,)
    return values[key if Ellipsis in key else key + (Ellipsis,)]


def files(folder):
    found = []
    for base, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(base, name), folder) for name in names]
    return sorted(found)


def keys(shape):
    """Everything that can stand between brackets and that the clients take."""
    if not shape:
        return [(), Ellipsis]
    n = shape[0]
    some = [0, -1, n - 1, slice(None), slice(1, n - 1), slice(-3, None), slice(0, 0), slice(n, n + 9), slice(0, n), Ellipsis, (0,),
            (slice(None),), slice(None, 2)]
    if len(shape) > 1:
        some += [(0, 1), (slice(1, 3), 1), (Ellipsis, 1), (0, Ellipsis), (slice(None), slice(1, 2)), (Ellipsis, slice(0, 2)),
                 (-1,) * len(shape), tuple(slice(0, 2) for _ in shape)]
    return some


def with_caterva2(url, folder):
    import caterva2

    client = caterva2.Client(url, timeout=600)
    assert client.get_roots()["@public"] == {"name": "@public"}
    assert client.get_list("@public") == files(folder)
    assert client.get_list("@public/dir") == ["cube.b2nd", "sub/grid.b2nd"]
    root = client.get("@public")
    assert root.file_list == files(folder) and len(root) == len(files(folder)) and list(root) == files(folder)
    assert "ds-1d.b2nd" in root and "nobody" not in root
    group = client.get("@public/dir")
    assert isinstance(group, caterva2.Group) and list(group) == ["cube.b2nd", "sub/grid.b2nd"] and "cube.b2nd" in group
    equal(group["sub"]["grid.b2nd"][1], arrays()["dir/sub/grid"][1], "group in a group")
    compare_arrays(client, root)
    compare_files(client, root, folder)
    refusals(client, root, caterva2)
    client.close()


def compare_arrays(client, root):
    for name, values in arrays().items():
        path = name + ".b2nd"
        array = root[path]
        info = client.get_info("@public/" + path)
        assert array.shape == values.shape and array.ndim == values.ndim and str(array.dtype) == str(values.dtype), name
        assert info["shape"] == list(values.shape) and len(array.chunks) == len(array.blocks) == values.ndim
        for key in keys(values.shape):
            if values.size or key in (Ellipsis, slice(None)):
                equal(array[key], part(values, key), (name, key))
        if values.ndim and values.size:
            equal(array.slice(slice(1, 3))[:], values[1:3], name)
            equal(array.slice(slice(1, 3), as_blosc2=False), values[1:3], name)
            equal(client.get_slice("@public/" + path, slice(0, 2))[:], values[0:2], name)
        equal(client.fetch("@public/" + path), values, name)
    flat = root["ds-1d.b2nd"]
    for key in ([1, 5, 9], np.array([3, -1]), np.arange(1000) > 990):
        equal(flat[key], np.arange(1000)[key], key)
    equal(client.fetch("@public/ds-1d.b2nd", slice_="1:4"), np.arange(1, 4), "text")
    points, wanted = root["points.b2nd"], arrays()["points"]
    for field in POINT.names:
        equal(points[field][:], wanted[field], field)
        equal(client.get_slice("@public/points.b2nd", field=field)[:], wanted[field], field)
    assert dict(flat.vlmeta) == {"who": "me", "nested": {"a": [1, 2.5, None, True], "b": "ü"}}
    assert root["attributes.b2nd"].vlmeta["text"] == "0123456789" * 2000
    assert flat.sum() == np.arange(1000).sum() and flat.max() == 999
    equal((flat + 1)[0:3], np.arange(1, 4), "lazy")
    assert list(flat.written_chunks()) == [True] * 10


def compare_files(client, root, folder):
    with tempfile.TemporaryDirectory() as out:
        for number, name in enumerate(files(folder)):
            path = client.download("@public/" + name, f"{out}/{number}{os.path.splitext(name)[1]}")
            assert open(path, "rb").read() == open(f"{folder}/{name}", "rb").read(), name
        os.chdir(out)
        assert open(root["readme.txt"].download(), "rb").read() == open(folder + "/readme.txt", "rb").read()
    items = root["items.b2frame"]
    data = np.arange(1000, dtype="i4")
    assert items[1:3] == data[1:3].tobytes() and items[5] == data[5].tobytes() and items[:] == data.tobytes()
    assert items[-1] == data[-1].tobytes() and items[2:2] == b""
    text, content = root["readme.txt"], open(folder + "/readme.txt", "rb").read()
    assert text[0:5] == b"hello" and text[1_500_000:1_500_020] == content[1_500_000:1_500_020]
    assert text[:] == content and client.fetch("@public/readme.txt") == content
    assert text.get_download_url().endswith("/api/download/@public/readme.txt") and dict(text.vlmeta) == {}
    for name in ("ds-1d.b2nd", "dir/cube.b2nd", "zeros.b2nd", "items.b2frame"):
        local = blosc2.open(f"{folder}/{name}")
        schunk = getattr(local, "schunk", local)
        for number in range(schunk.nchunks):
            assert client.get_chunk("@public/" + name, number) == schunk.get_chunk(number), (name, number)
    pieces = [blosc2.decompress2(client.get_chunk("@public/readme.txt", number)) for number in range(3)]
    assert b"".join(pieces) == content


def refusals(client, root, caterva2):
    import httpx

    def refused(call, words):
        try:
            call()
        except (httpx.HTTPStatusError, RuntimeError) as error:
            assert words in str(error), (words, str(error))
        else:
            raise AssertionError(words)

    refused(lambda: root["ds-1d.b2nd"][5000], "index 5000 is out of bounds for axis 0 with size 1000")
    refused(lambda: root["nobody.b2nd"], "404 Not Found")
    refused(lambda: client.get_list("@nobody"), "404 Not Found")
    refused(lambda: client.get_info("@public/nobody"), "404 Not Found")
    refused(lambda: client.get_chunk("@public/ds-1d.b2nd", 10), "there is no chunk 10")
    refused(lambda: client.remove("@public/ds-1d.b2nd"), "501")


def with_blosc2(url, folder):
    base = url + "/"
    for name, values in arrays().items():
        if values.dtype.fields:
            # The client cannot open these anywhere.
            continue
        array = blosc2.C2Array("@public/" + name + ".b2nd", urlbase=base)
        assert array.shape == values.shape and array.dtype == values.dtype, name
        for key in keys(values.shape):
            if values.size:
                equal(array[key], part(values, key), (name, key))
    cube, wanted = blosc2.C2Array("@public/dir/cube.b2nd", urlbase=base), arrays()["dir/cube"]
    equal(cube[[1, 2], :, 3], wanted[[1, 2], :, 3], "lists")
    equal(cube[[[1, 2], [3, 4]], 5], wanted[[[1, 2], [3, 4]], 5], "lists of lists")
    long = np.random.default_rng(2).integers(0, 64, 3000)
    equal(cube[long, 1, 2], wanted[long, 1, 2], "a list that is too long for a URL")
    flat = blosc2.C2Array("@public/ds-1d.b2nd", urlbase=base)
    assert flat.vlmeta["who"] == "me" and flat.cparams.codec == blosc2.Codec.ZSTD
    local = blosc2.open(folder + "/ds-1d.b2nd")
    assert flat.get_chunk(3) == local.schunk.get_chunk(3)
    proxy = blosc2.Proxy(cube)
    equal(proxy[1:3, 2:4], wanted[1:3, 2:4], "proxy")
    equal(proxy.fetch()[:], wanted, "all of a proxy")
    equal(blosc2.open(blosc2.URLPath("@public/dir/cube.b2nd", base))[1, 2], wanted[1, 2], "URLPath")
    kept = blosc2.RemoteArray(blosc2.URLPath("@public/dir/cube.b2nd", base), cache_policy=blosc2.CachePolicy.MEMORY)
    equal(kept[1:3, 2:4], wanted[1:3, 2:4], "RemoteArray")
    store = blosc2.RemoteStore(blosc2.URLPath("@public", base))
    assert "dir" in store.keys() and "ds-1d.b2nd" in store.keys()
    equal(store["dir/cube.b2nd"][1, 2], wanted[1, 2], "RemoteStore")


def with_urls(url, folder):
    for route in ("fetch", "download"):
        for name in ("ds-1d", "dir/cube", "dir/sub/grid", "points", "nested", "zerod", "zeros", "text", "big-endian"):
            values = arrays()[name]
            array = blosc2.open(f"{url}/api/{route}/@public/{name}.b2nd")
            assert array.shape == values.shape, (route, name)
            for key in keys(values.shape):
                equal(array[key], part(values, key), (route, name, key))
    items = blosc2.open(f"{url}/api/fetch/@public/items.b2frame")
    assert items[1:3] == np.arange(1, 3, dtype="i4").tobytes()


def cheap(url, folder):
    values = arrays()["dir/cube"]
    array = blosc2.open(f"{url}/api/fetch/@public/dir/cube.b2nd")
    equal(array[5, 17:27, 33:43], values[5, 17:27, 33:43], "opened")
    array = blosc2.C2Array("@public/dir/cube.b2nd", urlbase=url + "/")
    equal(array[40, 17:27, 33:43], values[40, 17:27, 33:43], "C2Array")


def packed():
    """What is kept as Caterva2 keeps plain files: `X.b2`, listed as `X`."""
    return {
        "dir/packed.md": b"# A packed file\n" * 200_000,
        "last.txt": b"last",
        "noise.bin": np.random.default_rng(7).bytes(5_000_000),
        "nothing": b"",
    }


def make_packed(folder):
    os.makedirs(folder + "/dir")
    for name, data in packed().items():
        # The whole frame at once, as Caterva2 writes it.
        with open(f"{folder}/{name}.b2", "wb") as file:
            file.write(blosc2.SChunk(data=data).to_cframe())
    blosc2.asarray(np.arange(10), urlpath=folder + "/array.b2", mode="w")


def with_packed(url, folder):
    import caterva2

    client = caterva2.Client(url, timeout=600)
    root = client.get("@public")
    assert root.file_list == client.get_list("@public") == sorted([*packed(), "array.b2"]), root.file_list
    with tempfile.TemporaryDirectory() as out:
        for number, (name, data) in enumerate(packed().items()):
            file = root[name]
            assert type(file) is caterva2.File and file[:] == data and file[3:30] == data[3:30], name
            assert client.get_info("@public/" + name)["nbytes"] == len(data), name
            path = client.download("@public/" + name, f"{out}/{number}{os.path.splitext(name)[1]}")
            assert open(path, "rb").read() == data, name
    assert "last.txt.b2" not in root
    client.close()


def with_fsspec(url, folder):
    """Looks around by the pages of links, at a subscriber or a publisher."""
    import fsspec

    fs = fsspec.filesystem("http")
    top = f"{url}/api/download/@public"
    found = {urllib.parse.unquote(name.removeprefix(top + "/")) for name in fs.find(top)}
    wanted = {
        os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names
    }
    assert found == wanted, found ^ wanted
    for name in wanted:
        with open(os.path.join(folder, name), "rb") as file:
            assert fs.cat(f"{top}/{urllib.parse.quote(name)}") == file.read(), name
    below = {name.removeprefix(top + "/") for name in fs.glob(f"{top}/dir/**/*.b2nd")}
    assert below == {name for name in wanted if name.startswith("dir/") and name.endswith(".b2nd")}, below
    kinds = {entry["name"].removeprefix(top): entry["type"] for entry in fs.ls(top + "/dir/")}
    assert kinds["/dir/cube.b2nd"] == "file" and kinds["/dir/sub/"] == "directory", kinds
    groups = fs.ls(f"{url}/api/download/", detail=False)
    assert top + "/" in [urllib.parse.unquote(name) for name in groups], groups
    assert fs.isdir(top + "/dir") and not fs.exists(top + "/nothing/")


if __name__ == "__main__":
    parts = {
        "make": make, "make-packed": make_packed, "packed": with_packed, "fsspec": with_fsspec, "caterva2": with_caterva2,
        "blosc2": with_blosc2, "urls": with_urls, "cheap": cheap,
    }
    parts[sys.argv[1]](*sys.argv[2:])
