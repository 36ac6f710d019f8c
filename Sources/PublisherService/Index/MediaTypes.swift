internal import Catalogue

/// Media types by the ends of names; of frames by what they are.
enum MediaTypes {
    static let frame = "application/vnd.blosc2.frame"
    static let unknown = "application/octet-stream"

    static func type(of path: DatasetPath) -> String {
        let name = path.name
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return unknown }
        return types[name[name.index(after: dot)...].lowercased()] ?? unknown
    }

    private static let types: [String: String] = [
        "avif": "image/avif", "bmp": "image/bmp", "bz2": "application/x-bzip2", "css": "text/css", "csv": "text/csv",
        "fits": "application/fits", "fit": "application/fits", "geojson": "application/geo+json", "gif": "image/gif",
        "grib": "application/wmo-grib", "grib2": "application/wmo-grib", "grb": "application/wmo-grib",
        "grb2": "application/wmo-grib", "gz": "application/gzip", "h5": "application/x-hdf5",
        "hdf5": "application/x-hdf5", "he5": "application/x-hdf5", "htm": "text/html", "html": "text/html",
        "ipynb": "application/x-ipynb+json", "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript",
        "json": "application/json", "md": "text/markdown", "mp4": "video/mp4", "nc": "application/x-netcdf",
        "ndjson": "application/x-ndjson", "nii": "application/vnd.nifti", "npy": "application/x-npy",
        "npz": "application/x-npz", "parquet": "application/vnd.apache.parquet", "pdf": "application/pdf",
        "png": "image/png", "py": "text/x-python", "rst": "text/x-rst", "sqlite": "application/vnd.sqlite3",
        "svg": "image/svg+xml", "tar": "application/x-tar", "tif": "image/tiff", "tiff": "image/tiff",
        "toml": "application/toml", "tsv": "text/tab-separated-values", "txt": "text/plain", "webp": "image/webp",
        "xml": "application/xml", "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip",
        "zst": "application/zstd",
    ]
}
