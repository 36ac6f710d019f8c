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

    func answer(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
        let form = try ListingForm(request)
        let listing: Listing
        do {
            listing = try await formLocks.withLock(form) { () async throws -> Listing in
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
        var headers: HTTPHeaders = [
            "Content-Type": form.question.mediaType, ProtocolHeader.epoch: listing.epoch.text,
            ProtocolHeader.revision: "\(listing.revision)", "Vary": "Accept, Accept-Encoding",
            "Cache-Control": CacheControl.ask,
        ]
        if form.isCompressed { headers["Content-Encoding"] = "gzip" }
        var response = HTTPResponse(headers: headers, body: listing.body)
        response.claim = listing.claim
        return response
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
        return Listing(revision: state.revision, epoch: state.epoch, body: body, claim: claim)
    }

    private func current(_ form: ListingForm) -> Listing? {
        let revision = log.state.revision
        return kept.withLock { kept in
            kept.removeAll { $0.listing.revision != revision }
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

/// The catalogue at one revision, as text that is ready to be sent to any number of askers.
struct Listing: Sendable {
    let revision: Revision
    let epoch: Epoch
    let body: HTTPResponse.Body
    /// What it takes on disk, for as long as somebody has it.
    let claim: ByteBudget.Claim?
}

/// Which listing of the catalogue is asked for.
struct ListingForm: Hashable, Sendable {
    let question: ListingQuestion
    let isCompressed: Bool

    init(_ request: HTTPRequest) throws(Refusal) {
        question = try ListingQuestion(request)
        isCompressed = request.acceptsGzip
    }
}
