import HydrogenCore

/// The children of one Lead as it spawns, replaces and gives them up.
///
/// Spawning moves a tag to its first child; giving up the last child brings the tag home. Accepted queries are never lost: a child
/// bears its tag only once it is connected, and loses it before it finishes what it has.
struct ChildQueues: Sendable {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// Spawns one child for a tag: a thread, a connection, then the tag.
    ///
    /// - Throws: `unavailable` without a thread or a connection, `landing` when the database lands meanwhile; nothing is left then.
    func spawn(_ tag: QueueTag) async throws(DatabaseError) -> WorkerQueue {
        let number = database.changeRoster { $0.reserveNumber(for: tag) }
        do throws(DatabaseError) {
            let label = QueueLabel(database: database.name, number: number, tags: TagSet(tag))
            let child = try database.makeQueue(label)
            // From here on a landing finds the child, and drains it.
            database.changeRoster { $0.announce(child, number: number) }
            try child.start()
            do throws(DatabaseError) {
                try checkLanding()
                try await child.connect()
                try checkLanding()
            } catch {
                await child.close()
                throw error
            }
            database.changeRoster { $0.add(child, number: number, tag: tag) }
            return child
        } catch {
            database.changeRoster { $0.giveBack(number) }
            throw error
        }
    }

    private func checkLanding() throws(DatabaseError) {
        switch database.phase {
        case .landing, .landed: throw DatabaseError(.landing, "the start sequence was stopped by the landing")
        case .starting, .ready, .recovering, .grounded: try Task.checkLanding()
        }
    }

    /// Takes a child's tag from it, lets it finish what it has, and closes it.
    ///
    /// - Returns: The child; `nil` when there is none of this number any more.
    func retire(_ number: Int) async -> WorkerQueue? {
        guard let child = database.changeRoster({ $0.retire(number: number) }) else { return nil }
        child.drain(.retiring)
        await child.waitUntilDrained()
        // A landing that came meanwhile closes it, and counts what it did not finish.
        guard !Task.isCancelled else { return nil }
        await child.close()
        database.changeRoster { roster in roster.remove(leaving: child.statistics) { $0 === child } }
        return child
    }

    /// Lets a child that has nothing to do take over half of what waits elsewhere under its tag.
    func level(_ tag: QueueTag) {
        let (lead, bearers) = database.withRoster { roster in
            (roster.lead, roster.children.filter { $0.tag == tag }.map(\.queue))
        }
        for idler in bearers where idler.isConnected && idler.load == 0 {
            let most = (bearers + [lead]).map { ($0, $0.waitingCount(of: tag)) }.max { $0.1 < $1.1 }
            guard let (busiest, count) = most, count > 0, busiest !== idler else { return }
            for query in busiest.giveAway((count + 1) / 2, of: tag) {
                if !query.enter(idler, as: tag) { database.hand(query, to: tag) }
                database.deadlines.queryArrived()
            }
        }
    }

    /// Replaces a child whose worker is dead: its tag goes to what is left, its waiting queries with it.
    func bury(_ child: WorkerQueue, _ reason: DatabaseError) {
        database.changeRoster { roster in
            roster.forgetBuried { $0.hasEnded }
            roster.bury(leaving: child.statistics) { $0 === child }
        }
        for query in child.bury(reason) { database.hand(query, to: query.tag) }
    }
}

extension Task where Success == Never, Failure == Never {
    /// Stops a start sequence whose Lead is being landed.
    static func checkLanding() throws(DatabaseError) {
        if isCancelled { throw DatabaseError(.landing, "the start sequence was stopped by the landing") }
    }
}
