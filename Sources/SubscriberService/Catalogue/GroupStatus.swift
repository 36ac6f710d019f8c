import Catalogue
import Wire

extension GroupStatus {
    init(_ group: Group, _ broker: BrokerStatus.Snapshot, _ copy: CatalogueCopy) {
        self.init(
            group, lag: broker.lag.map { max($0, copy.offlineSeconds(group.name, broker) ?? 0) },
            stale: copy.keptSeconds(group.name))
    }
}
