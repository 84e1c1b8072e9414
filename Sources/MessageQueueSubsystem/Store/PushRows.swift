/// The messages of one request as they go into a statement.
///
/// Made by the request's own task: the thread of a connection only joins those of many requests.
struct PushRows: Sendable {
    let items: [PushItem]
    /// The partitions that they go to.
    let places: PushPlaces
    let transactions: ArrayLiteral
    let ids: ArrayLiteral
    let payloads: ArrayLiteral
    /// `nil` when no message has one.
    let traces: ArrayLiteral?
    /// `nil` when nobody proved anything.
    let producers: ArrayLiteral?
    /// For each message whether its payload is encrypted; `nil` when none is.
    let encrypted: ArrayLiteral?
    /// What the vault knew.
    private let secrets: PayloadVault.Secrets

    init(_ items: [PushItem], _ vault: PayloadVault) {
        let (places, secrets) = (PushPlaces(items), vault.secrets)
        var (transactions, ids, payloads) = (ArrayLiteral(), ArrayLiteral(), ArrayLiteral())
        var (traces, producers, encrypted) = (ArrayLiteral(), ArrayLiteral(), ArrayLiteral())
        let hasTraces = items.contains { $0.traceID != nil }
        let hasProducers = items.contains { $0.producer != nil }
        let hasSecrets = !secrets.queues.isEmpty && places.all.contains { secrets.queues.contains($0.queue) }
        for index in items.indices {
            transactions.append(items[index].transactionID)
            ids.append(items[index].messageID)
            if hasTraces { traces.append(items[index].traceID?.description) }
            if hasProducers { producers.append(items[index].producer) }
            if hasSecrets {
                let sealed = vault.sealed(items[index], secrets)
                payloads.append(sealed.payload)
                encrypted.append(sealed.isEncrypted ? "t" : "f")
            } else {
                payloads.append(items[index].payload)
            }
        }
        (self.items, self.places, self.secrets) = (items, places, secrets)
        (self.transactions, self.ids, self.payloads) = (transactions, ids, payloads)
        self.traces = hasTraces ? traces : nil
        self.producers = hasProducers ? producers : nil
        self.encrypted = hasSecrets ? encrypted : nil
    }

    /// The same, with what the vault knows now.
    func renewed(by vault: PayloadVault) -> PushRows {
        vault.secrets.version == secrets.version ? self : PushRows(items, vault)
    }

    /// Of what a statement may carry: a message, or 2 KiB.
    var weight: Int { max(items.count, payloads.byteCount >> 11) }
}
