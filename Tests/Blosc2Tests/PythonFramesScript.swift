/// Writes frames of many kinds into the current folder, with an index of what is in them.
let pythonFramesScript = #"""
    import blosc2, numpy as np, os

    rng = np.random.default_rng(7)
    index = open("index", "w")

    def describe(name, a):
        s = a.schunk if hasattr(a, "schunk") else a
        c = s.cparams
        chunks = [s.get_chunk(i) for i in range(s.nchunks)]
        with open(name + ".chunks", "wb") as f:
            f.write(b"".join(chunks))
        facts = {
            "nchunks": s.nchunks, "nbytes": s.nbytes, "cbytes": s.cbytes, "typesize": s.typesize,
            "chunksize": max(s.chunksize, 0), "blocksize": s.blocksize, "codec": int(getattr(c.codec, "value", c.codec)),
            "clevel": c.clevel, "filters": " ".join(str(int(getattr(f, "value", f))) for f in c.filters),
            "meta": " ".join(map(str, c.filters_meta)), "split": int(c.splitmode.value),
            "dict": int(bool(c.use_dict)), "lengths": " ".join(str(len(x)) for x in chunks),
            "vlmeta": " ".join(s.vlmeta),
        }
        if hasattr(a, "shape"):
            facts |= {"shape": " ".join(map(str, a.shape)), "chunks": " ".join(map(str, a.chunks)),
                      "blocks": " ".join(map(str, a.blocks)), "dtype": str(a.dtype)}
        index.write("\t".join([name] + [f"{k}={v}" for k, v in facts.items()]) + "\n")

    def array(name, data, *, then=None, **kw):
        a = blosc2.asarray(data, urlpath=name, mode="w", **kw)
        if then: then(a)
        describe(name, blosc2.open(name, mode="r"))

    dtypes = ["i1", "u1", "<i2", "<u4", "<i8", "<f2", "<f4", "<f8", "<c8", "<c16", "?", ">f8", "S5", "<U7", "M8[s]", "m8[ms]", "V6"]
    for place, t in enumerate(dtypes):
        data = np.zeros(100, dtype=t)
        if data.dtype.kind in "iuf": data[:] = np.arange(100) % 50
        array(f"dtype-{place}.b2nd", data, chunks=(40,), blocks=(10,))
    structured = np.dtype([("a", "<i4"), ("b", "<f8"), ("c", "S4")])
    array("structured.b2nd", np.ones(50, dtype=structured), chunks=(20,), blocks=(7,))
    nested = np.dtype([("p", [("x", "<f4"), ("y", "<f4")]), ("v", "<i2", (3,))])
    array("nested.b2nd", np.ones(50, dtype=nested), chunks=(20,), blocks=(7,))

    noise = rng.integers(0, 40, size=(60, 50), dtype="i4")
    for codec in [blosc2.Codec.BLOSCLZ, blosc2.Codec.LZ4, blosc2.Codec.LZ4HC, blosc2.Codec.ZLIB, blosc2.Codec.ZSTD]:
        for clevel in [0, 1, 9]:
            array(f"codec-{codec.name}-{clevel}.b2nd", noise, chunks=(25, 30), blocks=(10, 15),
                  cparams={"codec": codec, "clevel": clevel, "nthreads": 2})
    pipelines = {
        "none": ([], []), "bitshuffle": ([blosc2.Filter.BITSHUFFLE], [0]), "delta": ([blosc2.Filter.DELTA, blosc2.Filter.SHUFFLE], [0, 0]),
        "bytedelta": ([blosc2.Filter.SHUFFLE, blosc2.Filter.BYTEDELTA], [0, 4]),
    }
    for key, (filters, meta) in pipelines.items():
        array(f"filter-{key}.b2nd", noise, chunks=(25, 30), blocks=(10, 15), cparams={"filters": filters, "filters_meta": meta})
    array("filter-trunc.b2nd", noise.astype("f4"), chunks=(25, 30), blocks=(10, 15),
          cparams={"filters": [blosc2.Filter.TRUNC_PREC, blosc2.Filter.SHUFFLE], "filters_meta": [10, 0]})
    for split in blosc2.SplitMode:
        array(f"split-{split.value}.b2nd", noise, chunks=(25, 30), blocks=(10, 15), cparams={"splitmode": split})
    text = np.frombuffer(b"to be or not to be that is the question " * 5000, dtype="u1")
    array("dictionary.b2nd", text, chunks=(100_000,), blocks=(5_000,), cparams={"codec": blosc2.Codec.ZSTD, "use_dict": True})
    array("random.b2nd", rng.integers(0, 256, size=300_000, dtype="u1"), chunks=(100_000,), blocks=(10_000,))
    array("zfp.b2nd", np.linspace(0, 1, 4000).reshape(40, 100), chunks=(20, 50), blocks=(10, 10),
          cparams={"codec": blosc2.Codec.ZFP_PREC, "codec_meta": 20, "filters": [], "filters_meta": []})

    array("scalar.b2nd", np.array(4.5))
    array("empty.b2nd", np.zeros((0, 5), dtype="f4"), chunks=(10, 5), blocks=(5, 5))
    array("4d.b2nd", rng.normal(size=(7, 6, 5, 4)).astype("f4"), chunks=(3, 3, 3, 3), blocks=(2, 2, 2, 2))
    array("many.b2nd", np.arange(30_000, dtype="i4") % 7, chunks=(10,), blocks=(10,))
    specials = {"zeros": blosc2.zeros, "nans": lambda s, **k: blosc2.full(s, np.nan, **k), "uninit": blosc2.uninit,
                "repeated": lambda s, **k: blosc2.full(s, 3.5, **k)}
    for key, make in specials.items():
        for written in ["", "-written"]:
            name = f"special-{key}{written}.b2nd"
            a = make((1000,), dtype="f8", chunks=(100,), blocks=(50,), urlpath=name, mode="w")
            if written: a[250:420] = rng.normal(size=170)
            describe(name, blosc2.open(name, mode="r"))
    def rewrite(a):
        for i in range(0, 60, 7): a[i:i + 3] = rng.integers(0, 10**6, size=(3, 50), dtype="i4")
        a[30:60] = 0
    array("rewritten.b2nd", noise, chunks=(10, 30), blocks=(5, 15), then=rewrite)
    def grow(a):
        a.resize((80, 50)); a[60:] = 5; a.resize((75, 50))
    array("resized.b2nd", noise, chunks=(10, 30), blocks=(5, 15), then=grow)
    array("appended.b2nd", noise[0], chunks=(10,), blocks=(5,), then=lambda a: a.append(noise[1]))

    def frame(name, then=None, **kw):
        s = blosc2.SChunk(chunksize=4000, data=np.arange(10_000, dtype="i4") % 91, urlpath=name, mode="w", contiguous=True,
                          cparams={"typesize": 4}, **kw)
        if then: then(s)
        describe(name, blosc2.open(name, mode="r"))
    frame("plain.b2frame")
    def holes(s):
        s.update_data(3, rng.integers(0, 2**31, size=1000, dtype="i4"), copy=True)
        s.delete_chunk(1); s.delete_chunk(4)
        s.insert_data(2, rng.integers(0, 2**31, size=1000, dtype="i4"), copy=True)
        s.append_data(np.arange(1000, dtype="i4"))
        s.update_data(0, np.zeros(1000, dtype="i4"), copy=True)
    frame("holes.b2frame", then=holes)
    def clear(s):
        while s.nchunks: s.delete_chunk(0)
    frame("cleared.b2frame", then=clear)
    frame("meta.b2frame", meta={"big": {"blob": os.urandom(20_000)}, "small": 1})
    s = blosc2.SChunk(chunksize=4000, urlpath="nothing.b2frame", mode="w", contiguous=True)
    describe("nothing.b2frame", blosc2.open("nothing.b2frame", mode="r"))

    def attributes(a):
        a.schunk.vlmeta["units"] = "mm"
        a.schunk.vlmeta["station"] = {"name": "Seattle – Tacoma", "id": 24233, "at": (47.44, -122.31)}
        a.schunk.vlmeta["list"] = [None, True, -5, 2**63 + 1, 2.5, float("nan"), b"abc", b"\xff\x00", [[]], {}]
        a.schunk.vlmeta["long"] = "x" * 100_000
        a.schunk.vlmeta["deep"] = eval("[" * 40 + "]" * 40)
    array("attributes.b2nd", noise, chunks=(25, 30), blocks=(10, 15), then=attributes)
    array("dict-attributes.b2nd", noise, chunks=(25, 30), blocks=(10, 15), then=attributes,
          cparams={"codec": blosc2.Codec.ZSTD, "use_dict": True})
    """#
