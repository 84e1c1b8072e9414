import Testing

@Suite("The tests' own reader of expositions")
struct PrometheusPageTests {
    @Test("Reads what it should")
    func sound() throws {
        let page = try PrometheusPage("# HELP a_total x y\n# TYPE a_total counter\na_total{k=\"v\\\"\\\\\\n\"} 1e+3\n")
        #expect(page.value("a_total", ["k": "v\"\\\n"]) == 1000)
        #expect(page.family("a_total")?.help == "x y")
    }

    @Test(
        "Refuses what a scraper would",
        arguments: [
            "a 1\n",
            "# TYPE a gauge\na 1\n",
            "# HELP a x\n# TYPE a gauge\na 1",
            "# HELP a x\n# TYPE a gauge\n",
            "# HELP a x\n# TYPE a gauge\na 1\na 2\n",
            "# HELP a x\n# TYPE a gauge\nb 1\n",
            "# HELP a x\n# TYPE a gauge\na one\n",
            "# HELP a x\n# TYPE a gauge\na{k=v} 1\n",
            "# HELP a x\n# TYPE a gauge\na{k=\"\"\"} 1\n",
            "# HELP a x\n# TYPE a gauge\na{k=\"1\",k=\"2\"} 1\n",
            "# HELP a x\n# TYPE a counter\na 1\n",
            "# HELP a x\n# TYPE a gauge\na 1\n# HELP a x\n# TYPE a gauge\na{k=\"1\"} 1\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        ]
    )
    func refused(text: String) {
        #expect(throws: PrometheusPage.Refused.self) { try PrometheusPage(text) }
    }
}
