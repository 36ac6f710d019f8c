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
        "7z": "application/x-7z-compressed", "adoc": "text/asciidoc", "apng": "image/apng",
        "arrow": "application/vnd.apache.arrow.file", "avif": "image/avif", "bash": "text/x-shellscript",
        "bib": "text/x-bibtex", "bmp": "image/bmp", "bz2": "application/x-bzip2", "c": "text/x-c", "cc": "text/x-c++",
        "cdl": "text/plain", "cfg": "text/plain", "cmake": "text/x-cmake", "conf": "text/plain", "cpp": "text/x-c++",
        "css": "text/css", "csv": "text/csv", "cu": "text/x-c++", "diff": "text/x-diff", "f": "text/x-fortran",
        "f90": "text/x-fortran", "feather": "application/vnd.apache.arrow.file", "fit": "application/fits",
        "fits": "application/fits", "for": "text/x-fortran", "geojson": "application/geo+json", "gif": "image/gif",
        "go": "text/x-go", "gpx": "application/gpx+xml", "grb": "application/wmo-grib", "grb2": "application/wmo-grib",
        "grib": "application/wmo-grib", "grib2": "application/wmo-grib", "gz": "application/gzip", "h": "text/x-c",
        "h5": "application/x-hdf5", "hdf5": "application/x-hdf5", "he5": "application/x-hdf5", "hpp": "text/x-c++",
        "hs": "text/x-haskell", "htm": "text/html", "html": "text/html", "ico": "image/vnd.microsoft.icon",
        "ini": "text/plain", "ipynb": "application/x-ipynb+json", "java": "text/x-java", "jfif": "image/jpeg",
        "jl": "text/x-julia", "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript",
        "json": "application/json", "jsonl": "application/x-ndjson", "jsonld": "application/ld+json",
        "jxl": "image/jxl", "kml": "application/vnd.google-earth.kml+xml", "kt": "text/x-kotlin", "log": "text/plain",
        "lua": "text/x-lua", "markdown": "text/markdown", "md": "text/markdown", "mjs": "text/javascript",
        "mp4": "video/mp4", "nc": "application/x-netcdf", "ndjson": "application/x-ndjson",
        "nii": "application/vnd.nifti", "npy": "application/x-npy", "npz": "application/x-npz", "org": "text/org",
        "parquet": "application/vnd.apache.parquet", "patch": "text/x-diff", "pdf": "application/pdf",
        "pl": "text/x-perl", "png": "image/png", "properties": "text/plain", "py": "text/x-python",
        "pyx": "text/x-python", "qmd": "text/markdown", "r": "text/x-r", "rb": "text/x-ruby", "rmd": "text/markdown",
        "rs": "text/x-rust", "rst": "text/x-rst", "scala": "text/x-scala", "sh": "text/x-shellscript",
        "sql": "application/sql", "sqlite": "application/vnd.sqlite3", "svg": "image/svg+xml", "swift": "text/x-swift",
        "tab": "text/tab-separated-values", "tar": "application/x-tar", "tex": "text/x-tex", "text": "text/plain",
        "tif": "image/tiff", "tiff": "image/tiff", "toml": "application/toml", "topojson": "application/json",
        "tsv": "text/tab-separated-values", "txt": "text/plain", "webp": "image/webp", "xml": "application/xml",
        "xsd": "application/xml", "xsl": "application/xslt+xml", "xz": "application/x-xz", "yaml": "application/yaml",
        "yml": "application/yaml", "zip": "application/zip", "zst": "application/zstd",
    ]
}
