/// Waits until something holds that no event tells of, or until the task is cancelled, as a test's time limit does.
///
/// It looks once a millisecond, so that what is waited for has the processor meanwhile. Where there is an event, such as
/// a line of ``CapturedLog``, wait for that.
package func eventually(_ condition: () async throws -> Bool) async rethrows {
    while try await !condition() {
        guard (try? await Task.sleep(for: .milliseconds(1))) != nil else { return }
    }
}
