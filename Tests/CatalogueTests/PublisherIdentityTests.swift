import Testing

@testable import Catalogue

@Suite struct PublisherIdentityTests {
    @Test func anIdentityTellsItsNameAndNotItsSecret() throws {
        let identity = PublisherIdentity.random()
        #expect(PublisherIdentity(secret: identity.secret)?.publicName == identity.publicName)
        #expect(identity.publicName.utf8.count == 32)
        #expect(!identity.secret.contains(identity.publicName))
        #expect(PublisherIdentity.random().publicName != identity.publicName)
    }
}
