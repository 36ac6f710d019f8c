/// Writes random arrays into the current folder, with random slices of them and the bytes that NumPy says they are.
///
/// Arguments: a seed, how many cases.
let sliceCasesScript = #"""
    import sys, json, random, warnings
    import blosc2, numpy as np
    warnings.simplefilter("ignore")
    seed, total = int(sys.argv[1]), int(sys.argv[2])
    rnd, rng = random.Random(seed), np.random.default_rng(seed)
    cases, expected = open("cases", "w"), open("expected", "wb")
    written = {"cases": 0, "offset": 0}

    point = np.dtype([("a", "<i4"), ("b", "<f8"), ("c", "S4")])
    nested = np.dtype([("p", [("x", "<f4"), ("y", ">f4")]), ("v", "<i2", (3,)), ("w", "<M8[s]"), ("flag", "?")])
    DTYPES = ["u1"] * 3 + ["i1", "<i2", "<u2", "<i4"] + ["<f4"] * 4 + ["<f8"] * 3 + ["<i8", "<u8", "<f2", "<c8", "<c16", "?", ">i2",
              ">f8", "S5", "S300", "<U3", "M8[s]", "m8[ms]", "V6", point, point, nested, nested]
    CODECS = [blosc2.Codec.BLOSCLZ, blosc2.Codec.LZ4, blosc2.Codec.LZ4HC, blosc2.Codec.ZLIB] + [blosc2.Codec.ZSTD] * 3
    F = blosc2.Filter

    def values(shape, dtype):
        dtype = np.dtype(dtype)
        n = int(np.prod(shape, dtype=int))
        kind = rnd.randrange(4)
        if kind == 0 or dtype.kind == "b":
            raw = rng.integers(0, 256, n * dtype.itemsize, dtype="u1")
        elif kind == 1:
            raw = np.zeros(n * dtype.itemsize, dtype="u1")
        else:
            raw = np.resize(rng.integers(0, 256, max(dtype.itemsize * 7, 1), dtype="u1"), n * dtype.itemsize)
            raw[:: max(1, 37 // kind)] = 0
        if dtype.kind == "b": raw &= 1
        if dtype.kind == "U": return np.array(["%d" % (x % 1000) for x in range(n)], dtype=dtype).reshape(shape)
        return np.frombuffer(raw.tobytes(), dtype=dtype, count=n).reshape(shape)

    def parameters(dtype, dims, blocks):
        p = {"codec": rnd.choice(CODECS), "clevel": rnd.choice([0, 1, 1, 5, 5, 9]), "nthreads": rnd.choice([1, 2])}
        p["splitmode"] = rnd.choice(list(blosc2.SplitMode))
        chosen = rnd.choice([None, None, [], [F.SHUFFLE], [F.BITSHUFFLE], [F.DELTA], [F.DELTA, F.SHUFFLE], [F.SHUFFLE, F.BYTEDELTA],
                             [F.NDCELL], [F.NDMEAN], [F.TRUNC_PREC, F.SHUFFLE], [F.INT_TRUNC], "zfp", "dict"])
        if chosen == "dict":
            p |= {"codec": blosc2.Codec.ZSTD, "use_dict": True, "clevel": 5}
        elif chosen == "zfp":
            if dtype.kind == "f" and dtype.itemsize in (4, 8) and dtype.isnative and 1 <= dims <= 4:
                p |= {"codec": rnd.choice([blosc2.Codec.ZFP_ACC, blosc2.Codec.ZFP_PREC, blosc2.Codec.ZFP_RATE]),
                      "codec_meta": rnd.choice([8, 20, 40]), "filters": [], "filters_meta": [], "clevel": 5,
                      "splitmode": blosc2.SplitMode.NEVER_SPLIT}
        elif chosen is not None:
            meta = [0] * len(chosen)
            floats = dtype.kind == "f" and dtype.itemsize in (4, 8) and dtype.isnative
            if (F.TRUNC_PREC in chosen or F.NDMEAN in chosen) and not floats: return p
            if F.INT_TRUNC in chosen and not (dtype.kind == "i" and dtype.isnative): return p
            if F.NDCELL in chosen or F.NDMEAN in chosen:
                if not 1 <= dims <= 4 or min(blocks) < 4: return p
                meta = [4]
            if F.BYTEDELTA in chosen: meta = [0, rnd.choice([0, dtype.itemsize]) if dtype.itemsize < 256 else 0]
            if F.BYTEDELTA in chosen and dtype.itemsize > 255: return p
            if F.TRUNC_PREC in chosen: meta = [10, 0]
            if F.INT_TRUNC in chosen: meta = [3]
            p |= {"filters": chosen, "filters_meta": meta}
        return p

    def sizes():
        dims = rnd.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6])
        most = {0: 1, 1: 3000, 2: 60, 3: 18, 4: 9, 5: 6, 6: 4}[dims]
        shape = [rnd.randint(1, most) for _ in range(dims)]
        chunks = [rnd.randint(max(1, s // 4), s) for s in shape]
        blocks = [rnd.randint(max(1, c // 4), c) for c in chunks]
        if dims and rnd.random() < 0.04: shape[rnd.randrange(dims)] = 0
        return shape, chunks, blocks

    def component(size):
        def bound(): return None if rnd.random() < 0.4 else rnd.randint(-size - 2, size + 2)
        if size and rnd.random() < 0.25:
            i = rnd.randint(-size, size - 1)
            return str(i), i
        step = rnd.choice([None, None, None, 1, 2, 3, 7, -1, -1, -2, -5])
        start, stop = bound(), bound()
        text = f"{'' if start is None else start}:{'' if stop is None else stop}" + ("" if step is None else f":{step}")
        return text, slice(start, stop, step)

    def random_slice(shape):
        parts = [component(s) for s in shape]
        if parts and rnd.random() < 0.15:
            cut = rnd.randrange(len(parts))
            parts = parts[:cut] + [("...", Ellipsis)] + (parts[cut + 1:] if rnd.random() < 0.7 else [])
        elif parts and rnd.random() < 0.2:
            parts = parts[:rnd.randrange(len(parts) + 1)]
        return rnd.choice([", ", ","]).join(p[0] for p in parts), tuple(p[1] for p in parts)

    def random_indices(shape):
        if not shape or 0 in shape: return None
        text, index = [], []
        length = rnd.choice([0, 1, 2, 5, 17])
        for size in shape[:rnd.randint(1, len(shape))]:
            kind = rnd.randrange(6)
            if kind == 0: text.append(None); index.append(slice(None))
            elif kind == 1:
                i = rnd.randint(-size, size - 1); text.append(i); index.append(i)
            elif kind == 2:
                while True:
                    t, s = component(size)
                    if isinstance(s, slice): break
                text.append(t); index.append(s)
            elif kind == 3 and length:
                a = rng.integers(-size, size, (length, 1)); text.append(a.tolist()); index.append(a)
            else:
                a = rng.integers(-size, size, rnd.choice([length, 1, length])); text.append(a.tolist()); index.append(a.astype(int))
        return json.dumps(text), tuple(index)

    def emit(name, kind, text, field, result, dtype):
        result = np.asarray(result)
        data = np.ascontiguousarray(result).tobytes() if result.ndim else result.tobytes()
        expected.write(data)
        row = [name, kind, text, field, ",".join(map(str, result.shape)), dtype, str(written["offset"]), str(len(data))]
        cases.write("\t".join(row) + "\n")
        written["offset"] += len(data)
        written["cases"] += 1

    def dtype_text(d):
        return d.str if d.fields is None and d.kind != "V" else str(d)

    def slices_of(name, x, count):
        for _ in range(count):
            field = ""
            y = x
            if x.dtype.names and rnd.random() < 0.4:
                field = rnd.choice(x.dtype.names); y = x[field]
            if rnd.random() < 0.15 and (made := random_indices(x.shape)):
                # A field's own dimensions come after those of the array.
                text, index = made; index += (...,)
                result, kind = (x[index][field] if field else x[index]), "indices"
            else:
                text, index = random_slice(x.shape)
                # Without an ellipsis NumPy would make a scalar, of another type.
                if not any(i is ... for i in index): index += (...,)
                result, kind = (x[index][field] if field else x[index]), "slice"
            emit(name, kind, text, field, result, dtype_text(y.dtype) if not field else dtype_text(x.dtype[field].base))

    def special(name, shape, chunks, blocks, dtype, options):
        make = rnd.choice([blosc2.zeros, blosc2.uninit, blosc2.full, "nan"])
        if make == "nan" and dtype.str not in ("<f4", "<f8"): make = blosc2.zeros
        if make is blosc2.full and (dtype.kind in "VUSMm" or dtype.itemsize > 255): make = blosc2.zeros
        value = np.zeros((), dtype)
        if make == "nan":
            a = blosc2.nans(tuple(shape), dtype=dtype, **options); value = np.array(np.nan, dtype)
        elif make is blosc2.full:
            value = np.array(1 if dtype.kind == "b" else 77, dtype)
            a = blosc2.full(tuple(shape), value[()], dtype=dtype, **options)
        else: a = make(tuple(shape), dtype=dtype, **options)
        x = np.full(shape, value, dtype)
        for _ in range(rnd.randrange(3)):
            region = tuple(slice(lo := rnd.randrange(s), lo + rnd.randint(1, s)) for s in shape)
            part = values(x[region].shape, dtype)
            if make is not blosc2.uninit: a[region] = part; x[region] = part
        return x

    def array(name):
        shape, chunks, blocks = sizes()
        dtype = np.dtype(rnd.choice(DTYPES))
        options = {"chunks": tuple(chunks), "blocks": tuple(blocks), "urlpath": name, "mode": "w"}
        if 0 in shape: options = {"urlpath": name, "mode": "w"}
        if shape and 0 not in shape and rnd.random() < 0.2:
            return special(name, shape, chunks, blocks, dtype, options)
        cparams = parameters(dtype, len(shape), blocks)
        x = values(shape, dtype)
        lossy = {F.TRUNC_PREC, F.NDMEAN, F.INT_TRUNC} & set(cparams.get("filters") or []) or cparams["codec"].value >= 32
        if lossy: x = rng.normal(size=shape).astype(dtype) if dtype.kind == "f" else x
        a = blosc2.asarray(np.ascontiguousarray(x) if x.ndim else x, cparams=cparams, **options)
        return blosc2.open(name, mode="r")[()] if lossy else x

    def frame(name):
        typesize = rnd.choice([1, 2, 4, 8, 12, 300])
        items = rnd.choice([0, 1, 10, 1000, 5000])
        chunk = rnd.randint(1, max(items, 1)) * typesize
        data = values((items,), f"V{typesize}")
        c = {"typesize": typesize, "codec": rnd.choice(CODECS), "clevel": rnd.choice([0, 1, 5]), "nthreads": rnd.choice([1, 2])}
        # The wheel writes chunks that it cannot read when an item does not fit a whole number of times.
        if rnd.random() < 0.5: c["blocksize"] = typesize * max(1, rnd.choice([64, 500, 4096, 10000]) // typesize)
        s = blosc2.SChunk(chunksize=chunk, data=np.frombuffer(data.tobytes(), "u1") if items else None, cparams=c, urlpath=name, mode="w", contiguous=True)
        if items and rnd.random() < 0.3:
            n = rnd.randrange(s.nchunks)
            lo = n * chunk; hi = min(lo + chunk, len(data.tobytes()))
            s.update_data(n, np.zeros(hi - lo, "u1"), copy=True)
            raw = bytearray(data.tobytes()); raw[lo:hi] = bytes(hi - lo)
            data = np.frombuffer(bytes(raw), data.dtype)
        return data

    arrays = 0
    while written["cases"] < total:
        count = min(rnd.randint(20, 120), total - written["cases"])
        if rnd.random() < 0.1:
            name = f"{arrays}.b2frame"
            x = frame(name)
            for _ in range(count):
                text, index = component(len(x))
                if not isinstance(index, slice) and not len(x): continue
                emit(name, "slice", text, "", x[index, ...], "")
        else:
            name = f"{arrays}.b2nd"
            try: x = array(name)
            except (RuntimeError, ValueError) as e:
                # The wheel cannot make every combination.
                print("skipped", name, e, file=sys.stderr); arrays += 1; continue
            slices_of(name, x, count)
        arrays += 1
    """#

/// Compares frames that were made of some of the cases with what NumPy says; complains of each that differs.
public let frameCheckScript = #"""
    import ast, blosc2, numpy as np
    expected = open("expected", "rb").read()
    good = 0
    for line in open("frames"):
        path, shape, dtype, offset, length = line.rstrip("\n").split("\t")
        data = expected[int(offset):int(offset) + int(length)]
        frame = open(path, "rb").read()
        if not dtype:
            s = blosc2.schunk_from_cframe(frame)
            got = b"".join(s.decompress_chunk(i) for i in range(s.nchunks))
            assert got == data, (path, "items")
        else:
            a = blosc2.ndarray_from_cframe(frame)
            try: wanted = np.dtype(dtype)
            except TypeError: wanted = np.dtype(ast.literal_eval(dtype))
            assert a.shape == tuple(int(x) for x in shape.split(",") if x), (path, a.shape, shape)
            # python-blosc2 itself makes a structure of plain bytes.
            assert a.dtype == wanted or (wanted.kind == "V" and not wanted.names and a.dtype.itemsize == wanted.itemsize), (path, a.dtype, wanted)
            assert np.asarray(a[()]).tobytes() == data, (path, "values")
        good += 1
    open("result", "w").write(f"{good}\n")
    """#
