import Logging

/// The steps in which the Database subsystem launches, as operators know them.
struct LaunchSteps {
    enum Step: Int, CaseIterable {
        case configurationValidation = 1
        case engineInitialization
        case queueManagerSetup
        case queryDefinitionLoading
        case workerThreadStartup
        case triggerRegistration
        case adminThreadActivation

        var title: String {
            switch self {
            case .configurationValidation: "Configuration validation"
            case .engineInitialization: "Database engine initialization"
            case .queueManagerSetup: "Queue manager setup"
            case .queryDefinitionLoading: "Query definition loading"
            case .workerThreadStartup: "Worker thread startup"
            case .triggerRegistration: "Trigger registration"
            case .adminThreadActivation: "Admin thread activation"
            }
        }
    }

    let logger: Logger

    /// Logs that a step begins, with what it found.
    func begin(_ step: Step, _ facts: String = "") {
        let line = "Launch step \(step.rawValue)/\(Step.allCases.count): \(step.title)"
        logger.notice("\(facts.isEmpty ? line : "\(line): \(facts)")")
    }
}
