"""Makes the files of this folder again, the same bytes each time (README.md says from what).

    python3 -m venv /tmp/samples && /tmp/samples/bin/pip install blosc2==4.14.1 numpy vega_datasets==0.9.0 nibabel==5.4.2
    /tmp/samples/bin/python samples/make.py
"""

import csv
import os
from pathlib import Path

import blosc2
import nibabel
import numpy as np
import vega_datasets

FOLDER = Path(__file__).resolve().parent
SOURCE = "NOAA daily observations, as vega_datasets 0.9.0 has them (seattle-weather)"

# One thread, so that blocks are stored in one order.
blosc2.set_nthreads(1)
CPARAMS = {"codec": blosc2.Codec.ZSTD, "clevel": 5, "nthreads": 1}


def weather():
    path = Path(vega_datasets.__file__).parent / "_data" / "seattle-weather.csv"
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def array(name, data, chunks, blocks, attributes):
    path = FOLDER / name
    result = blosc2.asarray(data, urlpath=str(path), mode="w", chunks=chunks, blocks=blocks, cparams=CPARAMS)
    for key, value in attributes.items():
        result.schunk.vlmeta[key] = value


def frame(name, data, attributes):
    path = FOLDER / name
    path.unlink(missing_ok=True)
    result = blosc2.SChunk(
        chunksize=200 * data.itemsize, data=data, urlpath=str(path), mode="w", contiguous=True,
        cparams=CPARAMS | {"typesize": data.itemsize, "blocksize": 50 * data.itemsize},
    )
    for key, value in attributes.items():
        result.vlmeta[key] = value


def main():
    days = weather()
    dates = {key: days[place]["date"].replace("/", "-") for key, place in [("first", 0), ("last", -1)]}

    def attributes(units, title):
        return {"title": title, "units": units, "station": "Seattle", "dates": dates, "source": SOURCE}

    def column(*names):
        return np.array([[float(day[name]) for name in names] for day in days], dtype="<f4")

    wind = column("wind")[:, 0]
    array("precip.b2nd", column("precipitation")[:, 0], (200,), (50,), attributes("mm", "precipitation of each day"))
    temperature = attributes("degrees Celsius", "lowest and highest temperature of each day")
    array("temp.b2nd", column("temp_min", "temp_max"), (200, 2), (50, 2), temperature | {"columns": ["min", "max"]})
    array("wind.b2nd", wind, (200,), (50,), attributes("m/s", "mean wind speed of each day"))
    frame("wind-days.b2frame", wind, attributes("m/s", "mean wind speed of each day, without a shape"))

    image = nibabel.load(os.path.join(os.path.dirname(nibabel.__file__), "tests", "data", "example4d.nii.gz"))
    voxels = np.ascontiguousarray(np.asanyarray(image.dataobj)).astype("<i2")
    array("mri.b2nd", voxels, (32, 48, 12, 1), (16, 24, 6, 1), {
        "title": "functional magnetic resonance images of a head: x, y, slice, time",
        "voxel size": [float(size) for size in image.header.get_zooms()],
        "source": "nibabel 5.4.2, tests/data/example4d.nii.gz",
    })


main()
