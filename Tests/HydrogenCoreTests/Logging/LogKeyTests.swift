import Logging
import Testing

@testable import HydrogenCore

@Suite("Log keys")
struct LogKeyTests {
    @Test("Keys are dotted lower case")
    func spelling() {
        let keys: [LogKey] = [
            .subsystem, .error, .errorCode, .attempt, .duration, .count, .filePath, .signal, .task, .logLinesWritten,
            .logLinesDropped, .requestID, .requestMethod, .route, .responseStatus, .clientAddress, .serverAddress,
            .serverPort, .userID, .databaseName, .databaseEngine, .databaseQueue, .databaseQueueDepth, .queryID,
            .databaseTable, .migration, .sqlState, .rowCount, .messageQueue, .messagePartition, .consumerGroup,
        ]
        #expect(Set(keys).count == keys.count)
        for key in keys {
            #expect(key.name.wholeMatch(of: /[a-z]+([._][a-z]+)*/) != nil, "\(key)")
        }
    }

    @Test("Fields are metadata with declared keys, the last of each")
    func fields() {
        let metadata: Logger.Metadata = .fields([.databaseName: "A", .queryID: "12", .databaseName: "B"])
        #expect(metadata == ["db.name": "B", "db.query.id": "12"])
    }

    @Test("A logger bears a field until it is taken off")
    func loggerField() {
        let (pipeline, output) = LogPipeline.recording()
        var logger = pipeline.logger(subsystem: "Database")
        logger[.databaseQueue] = "DQM-A-00-L"
        logger.notice("one")
        #expect(logger[.databaseQueue] == "DQM-A-00-L")
        logger[.databaseQueue] = nil
        logger.notice("two")
        #expect(output.lines.map { $0.split(separator: "]  ").last } == ["one db.queue=DQM-A-00-L", "two"])
    }
}
