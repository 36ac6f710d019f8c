public import Metrics
internal import Platform

/// `GET /metrics`: a service's own metrics and those of its process, as OpenMetrics text.
public struct MetricsPage: Sendable {
    private let service: String
    private let metrics: @Sendable () -> [MetricFamily]
    /// One at a time: who asks often waits, and disturbs nobody else.
    private let pool = BlockingPool(name: "metrics", threads: 1)

    /// - Parameters:
    ///   - service: `broker`, `publisher` or `subscriber`.
    ///   - metrics: asks the service; may block.
    public init(_ service: String, metrics: @escaping @Sendable () -> [MetricFamily]) {
        self.service = service
        self.metrics = metrics
    }

    public func answer() async -> HTTPResponse {
        let text = await pool.run { OpenMetricsText(metrics() + ProcessUsage.current.metrics + [build]).text }
        return HTTPResponse(
            headers: ["Content-Type": OpenMetricsText.contentType, "Cache-Control": "no-store"],
            body: .bytes(SharedBytes(text)))
    }

    private var build: MetricFamily {
        MetricFamily(
            info: "bpubsub_build", "The program that answers.",
            [.init("service", service), .init("version", ProgramVersion.current)])
    }
}
