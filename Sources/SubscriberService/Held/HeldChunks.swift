import Blosc2
import Catalogue
import Versions

/// What is held of a dataset's chunks at a moment, by their numbers.
///
/// The chunks of a frame are numbered as its array has them, whatever their order in the file; header, offsets and trailer
/// have no number. Those of other files are numbered in their order.
struct HeldChunks: Sendable {
    private(set) var whole: ChunkSet
    private(set) var partial: ChunkSet
    /// Asked for at a publisher; a part of them may be held.
    private(set) var fetching: ChunkSet
    /// False as long as it is not known where a frame's chunks are: they are taken to lie in their order.
    private(set) var isExact = true

    var count: Int { whole.capacity }

    /// - Parameters: sets of the same capacity.
    init(whole: ChunkSet, partial: ChunkSet, fetching: ChunkSet) {
        (self.whole, self.partial, self.fetching) = (whole, partial, fetching)
    }

    private init(count: Int) {
        let none = ChunkSet(capacity: count)
        self.init(whole: none, partial: none, fetching: none)
    }

    /// Of what a mirror has.
    ///
    /// - Parameters:
    ///   - layout: the frame's; `nil` when it is not known yet, or there is no frame.
    ///   - count: how many chunks the catalogue says a frame has.
    init(of mirror: Mirror, _ layout: FrameLayout?, count: Int) {
        let places = MirrorPlaces(of: mirror)
        if mirror.manifest.content == .plain {
            self.init(whole: places.whole, partial: places.partial, fetching: places.fetching)
        } else if let layout {
            self.init(count: layout.chunks.count)
            take(places, layout, mirror.manifest)
        } else {
            self.init(count: min(count, FrameLayout.maximumChunkCount))
            isExact = false
            // The header comes first.
            for number in 0..<min(self.count, max(places.whole.capacity - 1, 0)) {
                take(number, at: number + 1, places)
            }
        }
        for number in places.numbersFetched where number < self.count { fetching.insert(number) }
    }

    private mutating func take(_ places: MirrorPlaces, _ layout: FrameLayout, _ manifest: Manifest) {
        var next = 0
        for (number, chunk) in layout.chunks.enumerated() {
            guard case .stored(let offset, _) = chunk else {
                // A value alone came with the offsets.
                whole.insert(number)
                continue
            }
            // Most files have their chunks in order: then there is nothing to search for.
            let isNext = next < manifest.chunks.count && manifest.chunks[next].offset == offset
            let place = isNext ? next : manifest.chunk(at: offset)
            next = place + 1
            take(number, at: place, places)
        }
    }

    private mutating func take(_ number: Int, at place: Int, _ places: MirrorPlaces) {
        if places.whole.contains(place) { whole.insert(number) }
        if places.partial.contains(place) { partial.insert(number) }
        if places.fetching.contains(place) { fetching.insert(number) }
    }
}

/// What a mirror holds at a moment, by the places in its manifest.
private struct MirrorPlaces {
    let whole: ChunkSet
    private(set) var partial: ChunkSet
    private(set) var fetching: ChunkSet
    /// Chunks of the array that are being fetched, of which it is not known where they are.
    private(set) var numbersFetched: [Int] = []

    init(of mirror: Mirror) {
        let presence = mirror.presence
        whole = presence.present
        (partial, fetching) = (ChunkSet(capacity: whole.capacity), ChunkSet(capacity: whole.capacity))
        for place in presence.held.partial.keys { partial.insert(place) }
        for place in presence.fetches.chunks.keys { fetching.insert(place) }
        for piece in presence.fetches.unplaced.keys {
            switch piece {
            case .arrayChunk(let number), .arrayPart(let number): numbersFetched.append(number)
            case .chunk, .block, .part, .frame, .placement: break
            }
        }
    }
}
