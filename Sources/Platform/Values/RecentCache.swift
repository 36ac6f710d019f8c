/// Values by their keys, of which those that were used least recently go when all together cost more than they may.
///
/// Finding, keeping and removing take constant time. The value that was used last stays, whatever it costs.
// Inlinable: what is used on every request is made for its own types.
public struct RecentCache<Key: Hashable, Value> {
    @usableFromInline struct Slot {
        @usableFromInline let key: Key
        @usableFromInline let value: Value
        @usableFromInline let cost: Int

        @usableFromInline init(key: Key, value: Value, cost: Int) {
            self.key = key
            self.value = value
            self.cost = cost
        }
    }

    /// The slots that were used just before and just after one.
    @usableFromInline struct Link {
        @usableFromInline var older: Int?
        @usableFromInline var newer: Int?

        @usableFromInline init(older: Int? = nil) { self.older = older }
    }

    /// What all together may cost, in a unit of the caller's.
    public let costLimit: Int
    public let countLimit: Int
    @usableFromInline var sum = 0
    @usableFromInline var places: [Key: Int] = [:]
    @usableFromInline var slots: [Slot?] = []
    @usableFromInline var links: [Link] = []
    @usableFromInline var free: [Int] = []
    @usableFromInline var oldest: Int?
    @usableFromInline var newest: Int?

    public init(costLimit: Int, countLimit: Int = .max) {
        self.costLimit = costLimit
        self.countLimit = countLimit
    }

    public var count: Int { places.count }
    /// What all together cost.
    public var cost: Int { sum }

    /// The value, which counts as used.
    @inlinable public mutating func use(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return slots[place]?.value
    }

    /// Keeps a value in the place of what there was.
    ///
    /// - Parameter cost: not negative.
    @inlinable public mutating func keep(_ value: Value, for key: Key, cost: Int = 1) {
        remove(key)
        while let oldest, sum +| cost > costLimit || count >= countLimit { remove(at: oldest) }
        let slot = Slot(key: key, value: value, cost: cost)
        let place: Int
        if let unused = free.popLast() {
            place = unused
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
            links.append(Link())
        }
        places[key] = place
        link(place)
        sum += cost
    }

    /// - Returns: What there was.
    @discardableResult @inlinable public mutating func remove(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        return remove(at: place)
    }

    @discardableResult @inlinable mutating func remove(at place: Int) -> Value? {
        guard let slot = slots[place] else { return nil }
        unlink(place)
        slots[place] = nil
        free.append(place)
        places[slot.key] = nil
        sum -= slot.cost
        return slot.value
    }

    @inlinable mutating func link(_ place: Int) {
        links[place] = Link(older: newest)
        if let newest { links[newest].newer = place } else { oldest = place }
        newest = place
    }

    @inlinable mutating func unlink(_ place: Int) {
        let link = links[place]
        if let older = link.older { links[older].newer = link.newer } else { oldest = link.newer }
        if let newer = link.newer { links[newer].older = link.older } else { newest = link.older }
    }
}

extension RecentCache.Link: Sendable {}
extension RecentCache.Slot: Sendable where Key: Sendable, Value: Sendable {}
extension RecentCache: Sendable where Key: Sendable, Value: Sendable {}
