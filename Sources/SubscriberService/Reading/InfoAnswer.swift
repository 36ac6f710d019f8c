import Blosc2
import Catalogue
import Platform

/// What `/api/info/{path}` says; the names are those of the read API.
enum InfoAnswer {
    /// How a frame is compressed. Clients make an object of exactly these: there must be no others.
    struct Compression: Encodable {
        var codec = 0
        var codec_meta = 0
        var clevel = 0
        var filters = [0, 0, 0, 0, 0, 0]
        var filters_meta = [0, 0, 0, 0, 0, 0]
        var typesize: Int64 = 1
        var blocksize: Int64 = 0
        var nthreads = 1
        var splitmode = 3
        var tuner = 0
        var use_dict = false
        var pairs: [[Int]] = []

        enum CodingKeys: String, CodingKey {
            case codec, codec_meta, clevel, filters, filters_meta, typesize, blocksize, nthreads, splitmode, tuner
            case use_dict
            case pairs = "filters, meta"
        }

        init() {}

        init(_ frame: FrameMetadata) {
            codec = frame.codec
            codec_meta = frame.codecMeta
            clevel = frame.compressionLevel
            filters = frame.filters
            filters_meta = frame.filtersMeta
            typesize = frame.typeSize
            blocksize = frame.blockSize
            splitmode = frame.splitMode
            use_dict = frame.usesDictionary
            pairs = zip(filters, filters_meta).filter { $0.0 != 0 }.map { [$0, $1] }
        }
    }

    /// A frame's data.
    struct Frame: Encodable {
        var cbytes: Int64
        var chunkshape: Int64
        var chunksize: Int64
        var contiguous = true
        var cparams: Compression
        var cratio: Double
        var nbytes: Int64
        /// Where the file is here concerns nobody.
        let urlpath = JSONValue.null
        var vlmeta: [String: JSONValue]
        var nchunks: Int64
        /// Explicitly null inside of an array, whose own time says it.
        var mtime: JSONValue

        init(_ frame: FrameMetadata, attributes: [String: JSONValue], modified: JSONValue) {
            cbytes = frame.cbytes
            chunksize = frame.chunkSize
            chunkshape = frame.typeSize > 0 ? frame.chunkSize / frame.typeSize : 0
            cparams = Compression(frame)
            cratio = frame.cbytes > 0 ? Double(frame.nbytes) / Double(frame.cbytes) : 0
            nbytes = frame.nbytes
            vlmeta = attributes
            nchunks = frame.chunkCount
            mtime = modified
        }

        /// A plain file, as if its pieces were the chunks of a frame that does not compress.
        init(plain size: Int64, modified: JSONValue) {
            let chunk = ChunkRoute.plainChunk
            nbytes = size
            cbytes = size
            chunksize = size == 0 ? -1 : min(size, chunk)
            chunkshape = chunksize
            cparams = Compression()
            cratio = size > 0 ? 1 : 0
            vlmeta = [:]
            nchunks = (size + chunk - 1) / chunk
            mtime = modified
        }
    }

    struct Array: Encodable {
        let shape: [Int64]
        let chunks: [Int64]
        let blocks: [Int64]
        let dtype: String
        let schunk: Frame
        let mtime: JSONValue
        let accept_ranges = "bytes"
    }

    struct Folder: Encodable {
        let kind = "group"
        let mtime: JSONValue
        let size: Int64
        let nfiles: Int
    }

    /// RFC 3339 in UTC with microseconds, which are left out when there are none.
    static func time(_ seconds: Double) -> JSONValue {
        let microseconds = (seconds * 1e6).rounded()
        // Those that a moment can be.
        guard (-6.2e16...2.534e17).contains(microseconds) else { return .null }
        let whole = Int64(microseconds)
        let moment = Timestamp(microseconds: whole)
        return .string(moment.rfc3339(digits: whole % 1_000_000 == 0 ? 0 : 6))
    }
}
