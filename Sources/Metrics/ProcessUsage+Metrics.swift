public import Platform

extension ProcessUsage {
    /// Under the names that Prometheus' own libraries give them. What the system does not tell has no number.
    public var metrics: [MetricFamily] {
        [
            MetricFamily(
                .counter, "process_cpu_seconds", unit: .seconds,
                "Time that the process has kept processors busy, in user mode and in the system.",
                processorSeconds.map { .real($0) }),
            MetricFamily(
                .gauge, "process_resident_memory_bytes", unit: .bytes, "Memory that the process occupies.",
                residentBytes.map { .integer($0) }),
            MetricFamily(
                .gauge, "process_virtual_memory_bytes", unit: .bytes, "Addresses that the process has reserved.",
                virtualBytes.map { .integer($0) }),
            MetricFamily(
                .gauge, "process_open_fds", "Files and connections that the process has open.",
                openDescriptors.map { .count($0) }),
            MetricFamily(
                .gauge, "process_max_fds", "Files and connections that the process may have open.",
                descriptorLimit.map { .count($0) }),
            MetricFamily(
                .gauge, "process_start_time_seconds", unit: .seconds,
                "When the process was started, since 1970.", started.map { .real($0.seconds) }),
        ]
    }
}
