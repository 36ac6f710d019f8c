"""The files of the group `pictures` that most stories are about."""

import os
import struct
import zlib

import blosc2
import numpy as np

HOSTILE = "<img src=x onerror=alert(1)>.b2nd"


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = (b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", struct.pack(">IIBBBBB", 40, 30, 8, 0, 0, 0, 0))
       + _part(b"IDAT", zlib.compress((b"\0" + bytes(range(0, 200, 5))) * 30)) + _part(b"IEND", b""))
"""A grey picture of 40 by 30 points."""


def make(folder: str) -> None:
    os.makedirs(folder + "/dir")
    y, x = np.mgrid[0:900, 0:1300]
    waves = np.stack([np.sin(x / 60 + k) * np.cos(y / 50) * (k + 1) for k in range(5)]).astype("f4")
    array = blosc2.asarray(waves, urlpath=folder + "/waves.b2nd", mode="w", chunks=(1, 300, 650), blocks=(1, 100, 130))
    array.schunk.vlmeta["units"] = "<b>m/s</b><script>alert(2)</script>"
    blosc2.asarray(np.arange(5000.0), urlpath=folder + "/dir/line.b2nd", mode="w")
    blosc2.asarray(np.arange(12), urlpath=f"{folder}/{HOSTILE}", mode="w")
    rows = np.zeros(30, dtype=[("height", "<f4"), ("count", "<i8"), ("name", "S5")])
    rows["height"], rows["count"], rows["name"] = np.arange(30) / 4, np.arange(30) * 10**9, b"<b>"
    blosc2.asarray(rows, urlpath=folder + "/rows.b2nd", mode="w")
    blosc2.asarray(np.arange(64 * 48 * 3).reshape(64, 48, 3), urlpath=folder + "/volume.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as f:
        f.write("<b>last</b>\n")
