/// Writes random arrays of every type into the current folder, with what NumPy's `str` makes of them.
///
/// Arguments: a seed, how many.
let textCasesScript = #"""
    import sys, json, random, warnings
    import numpy as np
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    seed, total = int(sys.argv[1]), int(sys.argv[2])
    rnd, rng = random.Random(seed), np.random.default_rng(seed)

    def floats(n, dtype):
        kind = rnd.randrange(12)
        size = np.dtype(dtype).itemsize
        if kind == 0: return np.frombuffer(rng.bytes(n * size), dtype)
        if kind == 1: x = rng.normal(size=n)
        elif kind == 2: x = rng.integers(-1000, 1000, n) / rnd.choice([1, 2, 4, 10, 100, 1000, 3])
        elif kind == 3: x = rng.integers(0, 10**rnd.randint(1, 9), n)
        elif kind == 4: x = 2.0 ** rng.integers(-40, 40, n)
        elif kind == 5: x = 10.0 ** rng.integers(-rnd.randint(1, 30), rnd.randint(1, 30), n)
        elif kind == 6: x = rng.random(n) * 10.0 ** rnd.randint(-12, 12)
        elif kind == 7: x = np.where(rng.random(n) < 0.3, rnd.choice([np.nan, np.inf, -np.inf]), rng.normal(size=n) * rnd.choice([1, 1e6]))
        elif kind == 8: x = rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0], n)
        elif kind == 9: x = np.zeros(n)
        elif kind == 10: x = (rng.integers(0, 2**20, n) * 2 + 1) / 2.0 ** rnd.randint(8, 30)   # many exact ties
        else: x = np.linspace(0, rnd.choice([1, 7, 1e5]), n)
        return np.asarray(x).astype(dtype)

    def text(n):
        pool = rnd.choice(["abc XYZ019", "'\"\\\n\t\x00\x7f\x80é", "日本語ø\u2028\u00a0\U0001f600\u0301"])
        return ["".join(rnd.choice(pool) for _ in range(rnd.randint(0, 6))) for _ in range(n)]

    def times(n, code):
        kind = rnd.randrange(4)
        unit = code[code.index("[") + 1:-1]
        if kind == 0: raw = rng.integers(-2**62, 2**62, n) >> rnd.choice([0, 10, 20, 30, 40])
        elif kind == 1: raw = rng.integers(-100_000, 100_000, n)
        elif kind == 2: raw = rng.integers(0, 2_000_000_000, n)
        else: raw = np.where(rng.random(n) < 0.3, np.iinfo("i8").min, rng.integers(-10**6, 10**6, n))
        if code[0] == "M" and unit.lstrip("0123456789") in "Y M W D h m s": raw = np.where(raw == np.iinfo("i8").min, raw, raw % 10**5 - 3 * 10**4)
        return raw.astype("i8").view("<" + code)

    def values(n, dtype):
        dtype = np.dtype(dtype)
        if dtype.subdtype:
            base, shape = dtype.subdtype
            return values(n * int(np.prod(shape)), base).reshape((n,) + shape)
        if dtype.names:
            x = np.zeros(n, dtype)
            for name in dtype.names: x[name] = values(n, dtype[name]).reshape(x[name].shape)
            return x
        if dtype.kind == "f": return floats(n, dtype)
        if dtype.kind == "c":
            part = "f%d" % (dtype.itemsize // 2)
            x = np.zeros(n, dtype); x.real = floats(n, part); x.imag = floats(n, part); return x
        if dtype.kind == "b": return rng.integers(0, 2, n).astype(dtype)
        if dtype.kind in "iu":
            info = np.iinfo(dtype)
            if rnd.random() < 0.3: return rng.integers(info.min, info.max, n, dtype=dtype.newbyteorder("="), endpoint=True).astype(dtype)
            return (rng.integers(-rnd.choice([3, 99, 10**5]), rnd.choice([3, 99, 10**5]), n)).astype(dtype)
        if dtype.kind == "U": return np.array(text(n), dtype)
        if dtype.kind == "S": return np.array([t.encode("latin-1", "replace") for t in text(n)], dtype)
        if dtype.kind in "Mm": return times(n, dtype.str[1:].replace("8[", "8[")).astype(dtype)
        return np.frombuffer(rng.bytes(n * dtype.itemsize), dtype)

    def shape():
        kind = rnd.randrange(10)
        if kind == 0: return ()
        if kind == 1: return (rnd.randint(0, 3), rnd.randint(0, 3))
        if kind < 5: return (rnd.randint(1, 30),)
        if kind < 7: return (rnd.randint(1, 8), rnd.randint(1, 12))
        if kind == 7: return tuple(rnd.randint(1, 4) for _ in range(rnd.randint(3, 5)))
        if kind == 8: return (rnd.choice([1001, 5000]),)
        return rnd.choice([(5, 400), (400, 5), (20, 3, 30), (7, 7, 7, 7), (2, 1001), (1, 1, 1200), (600, 2)])

    units = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "25s", "10ms", "3D"]
    simple = ["?", "i1", "u1", "<i2", ">i2", "<u4", "<i8", "<u8", ">i8"] + ["<f2", ">f2", "<f4", "<f4", ">f4", "<f8", "<f8", "<f8", ">f8", "<c8", "<c16", ">c16"] * 2 + ["S1", "S5", "<U1", "<U6", ">U3", "V3"]
    structures = [
        [("a", "<i4"), ("b", "<f8"), ("c", "S4")], [("x", "<f4")], [("p", [("x", "<f4"), ("y", ">f4")]), ("v", "<i2", (3,)), ("w", "<M8[s]"), ("flag", "?")],
        [("m", "<f8", (2, 2)), ("t", "<U3")], [("c", "<c8"), ("d", "<m8[ms]")],
    ]
    def dtypes():
        kind = rnd.randrange(10)
        if kind < 7: return rnd.choice(simple)
        if kind == 7: return f"<M8[{rnd.choice(units)}]"
        if kind == 8: return f"<m8[{rnd.choice(units)}]"
        return rnd.choice(structures)

    def full(x):
        with np.printoptions(threshold=sys.maxsize): return str(x)

    def emit(x, text, whole):
        name = x.dtype.str if x.dtype.names is None else str(x.dtype)
        out.write(json.dumps([name, list(x.shape), x.tobytes().hex(), text, whole]) + "\n")

    with open("texts", "w") as out:
        for _ in range(total):
            dtype, s = np.dtype(dtypes()), shape()
            x = values(int(np.prod(s, dtype=int)), dtype).reshape(s)
            # NumPy writes np.bytes_(b'abc') for an array of one; that helps nobody.
            if s == () and dtype.kind == "S": continue
            whole = x.size > 1000 and rnd.random() < 0.1
            emit(x, full(x) if whole else str(x), whole)
        # Every half-precision number, in arrays of two and alone.
        halves = np.arange(65536, dtype="u2").view("f2")
        for start in range(seed % 13, 65536, 13):
            pair = halves[[start, (start + 7) % 65536]]
            emit(pair, str(pair), False)
            emit(pair[:1].reshape(()), str(pair[0]), False)
    """#
