import Platform
import Testing

@Suite struct DescriptorPlanTests {
    @Test(arguments: [64, 80, 110, 150, 256, 1024, 4096, 65_536])
    func theSharesAreWithinTheLimit(_ limit: Int) {
        let plan = DescriptorPlan(limit: limit)
        let transfers = plan.transfers * (4 + plan.keptConnections)
        #expect(plan.connections + plan.files + transfers <= limit - 40)
        #expect(plan.connections >= 6)
        #expect(plan.files >= 4)
        #expect(plan.transfers >= 1)
    }

    @Test func filesThatAreClosedGiveTheirPlacesBack() {
        let files = OpenFiles(limit: 2)
        var places = [files.place(), files.place()]
        #expect(files.place() == nil)
        places.removeLast()
        #expect(files.count == 1)
        #expect(files.place() != nil)
    }
}
