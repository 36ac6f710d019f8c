import Catalogue
import HTTP
import Platform
import Synchronization
import Wire

/// Lists the catalogue. What many ask at the same revision, as after *gone: list again*, is made once.
final class Listings: Sendable {
    private let log: any ChangeLog
    private let logger: Logger
    private let spoolFolder: String
    private let formLocks = KeyedLock<ListingForm>()
    /// The newest last.
    private let kept = Locked<[(form: ListingForm, listing: Listing)]>([])
    private static let keptLimit = 4
    /// On disk, of all that are made or sent.
    private let spools: ByteBudget

    init(log: any ChangeLog, spoolFolder: String, spools: ByteBudget, logger: Logger) {
        self.spools = spools
        self.log = log
        self.spoolFolder = spoolFolder
        self.logger = logger
    }

    func listing(_ form: ListingForm) async throws(Refusal) -> Listing {
        do {
            return try await formLocks.withLock(form) { () async throws -> Listing in
                if let listing = current(form) { return listing }
                let listing = try await makeWithRoom(form)
                keep(form, listing)
                return listing
            }
        } catch let error as HTTPError where error.code == .busy {
            throw Refusal(503, error.message)
        } catch {
            logger.error("the catalogue cannot be listed", ["error": error])
            throw Refusal(503, "the broker cannot read its catalogue at the moment: try again later")
        }
    }

    /// Those that are kept for who may ask for the same make room for one that is asked for.
    private func makeWithRoom(_ form: ListingForm) async throws -> Listing {
        do {
            return try await make(form)
        } catch let error as HTTPError where error.code == .busy {
            kept.withLock { $0.removeAll() }
            return try await make(form)
        }
    }

    private func make(_ form: ListingForm) async throws -> Listing {
        let text = ListingText(form, spoolFolder: spoolFolder, spools: spools)
        let state = try await log.snapshot(below: form.question.part.prefixes) { try text.add($0) }
        let (body, claim) = try text.finish(state)
        return Listing(
            position: CataloguePosition(epoch: state.epoch, revision: state.revision), body: body, claim: claim)
    }

    private func current(_ form: ListingForm) -> Listing? {
        let revision = log.state.revision
        return kept.withLock { kept in
            kept.removeAll { $0.listing.position.revision != revision }
            return kept.first { $0.form == form }?.listing
        }
    }

    private func keep(_ form: ListingForm, _ listing: Listing) {
        kept.withLock { kept in
            kept.removeAll { $0.form == form }
            kept.append((form, listing))
            if kept.count > Self.keptLimit { kept.removeFirst() }
        }
    }
}

/// How a listing is written.
struct ListingForm: Hashable, Sendable {
    let question: ListingQuestion
    let isCompressed: Bool
}
