import Metrics
import Platform
import TestSupport
import Testing

/// What a collector is sent.
struct OpenMetricsTextTests {
    static let nasty = [
        "plain", "", "with \"quotes\"", "back\\slash", "two\nlines", "\r\n", "\\n", "é🎈\u{301}", "{a=\"b\"} 1",
    ]

    static var everything: [MetricFamily] {
        let durations = DurationHistogram()
        for milliseconds in [0, 1, 5, 50, 500, 50_000] { durations.record(.milliseconds(milliseconds)) }
        return [
            MetricFamily(.counter, "requests", "How many; \"so\", or \\ not.\nTruly.", .count(12)),
            MetricFamily(.gauge, "memory_bytes", unit: .bytes, "Memory.", .real(1.5e10)),
            MetricFamily(.gauge, "lag_seconds", unit: .seconds, "Not known now.", nil),
            MetricFamily(
                .gauge, "online", "Each group.", by: "group", nasty.map { ($0, .flag($0 == "plain")) }),
            MetricFamily(
                .gauge, "odd", "Odd numbers.", by: "which",
                [
                    ("tiny", .real(1e-300)), ("huge", .real(1e300)), ("negative", .real(-0.1)), ("nan", .real(.nan)),
                    ("infinite", .real(.infinity)), ("below", .real(-.infinity)), ("most", .count(Int64.max)),
                ]),
            MetricFamily("took_seconds", "Durations.", durations.snapshot),
            MetricFamily(info: "program", "What it is.", [.init("version", "1.0"), .init("name", "a\"b")]),
        ]
    }

    @Test("The text keeps to the grammar, whatever is in labels, helps and numbers")
    func grammar() throws {
        let families = try OpenMetricsGrammar().check(OpenMetricsText(Self.everything).text)
        #expect(families == ["requests", "memory_bytes", "lag_seconds", "online", "odd", "took_seconds", "program"])
    }

    @Test("A family is written as the standard's examples are")
    func example() {
        let text = OpenMetricsText([
            MetricFamily(.counter, "sent_bytes", unit: .bytes, "Bytes sent.", by: "to", [("a\"b", .count(3))]),
            MetricFamily(.gauge, "lag_seconds", unit: .seconds, "Lag.", .real(0.25)),
        ]).text
        #expect(
            text == """
                # TYPE sent_bytes counter
                # UNIT sent_bytes bytes
                # HELP sent_bytes Bytes sent.
                sent_bytes_total{to="a\\"b"} 3
                # TYPE lag_seconds gauge
                # UNIT lag_seconds seconds
                # HELP lag_seconds Lag.
                lag_seconds 0.25
                # EOF

                """)
    }

    @Test("Nothing to tell is an exposition, too")
    func empty() throws {
        #expect(OpenMetricsText([]).text == "# EOF\n")
        #expect(try OpenMetricsGrammar().check(OpenMetricsText([]).text) == [])
    }

    @Test(
        "The grammar of these tests finds what is wrong",
        arguments: [
            "a 1\n# EOF\n", "# TYPE a gauge\na 1\n", "# TYPE a gauge\na one\n# EOF\n", "# TYPE a counter\na 1\n# EOF\n",
            "# TYPE a gauge\n# TYPE b gauge\na 1\n# EOF\n", "# TYPE a gauge\n# TYPE a gauge\n# EOF\n",
            "# TYPE a gauge\na{b=\"\"\"} 1\n# EOF\n", "# TYPE a gauge\na{b=\"\\x\"} 1\n# EOF\n", "\n# EOF\n",
        ])
    func violations(text: String) throws {
        #expect(throws: OpenMetricsGrammar.Violation.self) { try OpenMetricsGrammar().check(text) }
    }

    @Test(
        "The parser of Prometheus' own client reads the same names, labels and numbers",
        .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs the parser"), .patient)
    func parser() async throws {
        let labels = Self.nasty.map {
            "\"" + $0.unicodeScalars.map { "\\U" + Self.hexadecimal($0.value) }.joined() + "\""
        }
        let script = """
            import sys
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
            with open("metrics.txt", encoding="utf-8", newline="") as file:
                families = {family.name: family for family in text_string_to_metric_families(file.read())}
            assert [s.labels["group"] for s in families["online"].samples] == [\(labels.joined(separator: ", "))]
            assert families["requests"].documentation == 'How many; "so", or \\\\ not.\\nTruly.'
            assert [s.value for s in families["memory_bytes"].samples] == [1.5e10]
            assert families["memory_bytes"].unit == "bytes" and families["lag_seconds"].samples == []
            assert [s.value for s in families["odd"].samples][:3] == [1e-300, 1e300, -0.1]
            assert families["took_seconds"].samples[-2].value == 6
            """
        try await withTemporaryFolder("metrics") { folder in
            try FileSystem.writeAtomically(folder + "/metrics.txt", Array(OpenMetricsText(Self.everything).text.utf8))
            try await TestPython.running(script, "", in: folder)
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
