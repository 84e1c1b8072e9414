extension QueryTemplate {
    /// Types what a caller provided.
    ///
    /// - Parameter claims: What is known of the caller, for parameters that are bound to it.
    /// - Returns: One value for each of ``ParsedSQL/parameterNames``, in their order.
    /// - Throws: ``ParameterFault`` that names all offenders; its kind is the first of bound, claim missing, type mismatch, out of
    ///   range, missing, unused.
    package func bind(
        _ provided: ProvidedParameters,
        claims: CallerClaims = .none
    ) throws(ParameterFault) -> [ParameterValue] {
        guard let (values, used) = values(of: provided, claims), used == provided.count else {
            throw fault(in: provided, claims)
        }
        return values
    }

    /// Types what a caller provided, and lets parameters pass that the query does not have.
    ///
    /// - Returns: The values as for ``bind(_:claims:)``, and the names that were not used, in the order given.
    package func bindIgnoringUnused(
        _ provided: ProvidedParameters,
        claims: CallerClaims = .none
    ) throws(ParameterFault) -> (values: [ParameterValue], unused: [String]) {
        guard let (values, used) = values(of: provided, claims) else {
            throw fault(in: provided, claims, namesUnused: false)
        }
        return (values, used == provided.count ? [] : unusedNames(in: provided))
    }

    /// The values, and how many of the provided parameters they are; `nil` when anything is missing or of another type.
    private func values(
        of provided: ProvidedParameters,
        _ claims: CallerClaims
    ) -> (values: [ParameterValue], used: Int)? {
        guard !bindings.isEmpty else { return ([], 0) }
        var values: [ParameterValue] = []
        values.reserveCapacity(bindings.count)
        var used = 0
        for (position, declaration) in bindings.enumerated() {
            let entry = provided.entry(named: declaration.name, near: position)
            if let claim = declaration.claim {
                guard entry == nil, let value = claims.value(claim, as: declaration.type),
                    declaration.rule?.allows(value) ?? true
                else { return nil }
                values.append(value)
            } else if let entry {
                guard let value = entry.value.value(as: declaration.type), declaration.rule?.allows(value) ?? true
                else { return nil }
                values.append(value)
                used += 1
            } else {
                guard !declaration.isRequired else { return nil }
                values.append(declaration.defaultValue ?? .null(declaration.type))
            }
        }
        return (values, used)
    }

    private func unusedNames(in provided: ProvidedParameters) -> [String] {
        provided.entries.map(\.name).filter { name in !bindings.contains { $0.name == name } }
    }
}

// MARK: - Faults

extension QueryTemplate {
    /// Everything that is wrong with what was provided, in one message.
    private func fault(
        in provided: ProvidedParameters,
        _ claims: CallerClaims,
        namesUnused: Bool = true
    ) -> ParameterFault {
        if let fault = fault(ofBoundIn: provided, claims) { return fault }
        let mismatches = mismatches(in: provided)
        let outside = outside(in: provided)
        let missing = declared.filter { $0.isRequired && provided.entry(named: $0.name, near: 0) == nil }
        let unused = namesUnused ? unusedNames(in: provided) : []

        var parts: [String] = mismatches + outside
        if !missing.isEmpty { parts.append("missing: " + missing.map(Self.shown).joined(separator: ", ")) }
        if !unused.isEmpty { parts.append("unused: " + unused.joined(separator: ", ") + "; " + takes) }
        let kinds: [(ParameterFault.Kind, Bool)] = [
            (.typeMismatch, !mismatches.isEmpty), (.outOfRange, !outside.isEmpty), (.missing, !missing.isEmpty),
        ]
        return ParameterFault(kinds.first { $0.1 }?.0 ?? .unused, parts.joined(separator: "; "))
    }

    /// What is wrong with parameters that are bound to claims; of those nothing else is told.
    private func fault(ofBoundIn provided: ProvidedParameters, _ claims: CallerClaims) -> ParameterFault? {
        let bound = declared.filter { $0.claim != nil }
        let given = bound.filter { provided.entry(named: $0.name, near: 0) != nil }.map(\.name)
        if !given.isEmpty {
            let names = given.joined(separator: ", ")
            return ParameterFault(.bound, "\(names): bound to who asks, and not to be given; leave it out")
        }
        let missing = bound.compactMap { declaration -> String? in
            guard let claim = declaration.claim else { return nil }
            guard let value = claims.value(claim, as: declaration.type) else {
                return "\(claim)(\(declaration.type.rawValue))"
            }
            return declaration.rule.flatMap { $0.allows(value) ? nil : "\(claim), which should be \($0)" }
        }
        guard !missing.isEmpty else { return nil }
        let names = missing.joined(separator: ", ")
        return ParameterFault(.claimMissing, "query \(id) needs claims that this token or key does not have: \(names)")
    }

    /// The parameters of the right type that break their rules.
    private func outside(in provided: ProvidedParameters) -> [String] {
        declared.compactMap { declaration in
            guard let rule = declaration.rule,
                let value = provided.entry(named: declaration.name, near: 0)?.value.value(as: declaration.type),
                !rule.allows(value)
            else { return nil }
            return "\(declaration.name) should be \(rule)"
        }
    }

    /// The parameters of another type, and then the forms of the types of the calendar among them.
    private func mismatches(in provided: ProvidedParameters) -> [String] {
        var parts: [String] = []
        var forms: [String] = []
        for declaration in declared where declaration.claim == nil {
            guard let entry = provided.entry(named: declaration.name, near: 0),
                entry.value.value(as: declaration.type) == nil
            else { continue }
            let kind = entry.value.kindName(against: declaration.type)
            parts.append("\(declaration.name)(\(kind)) should be \(Self.shown(declaration))")
            if let format = declaration.type.format { forms.append("\(declaration.type.rawValue) is \(format)") }
        }
        guard !parts.isEmpty else { return [] }
        return [parts.joined(separator: ", ")] + forms.enumerated().filter { !forms[..<$0].contains($1) }.map(\.element)
    }

    private var takes: String {
        let free = declared.filter { $0.claim == nil }
        return "query \(id) takes " + (free.isEmpty ? "none" : free.map(Self.shown).joined(separator: ", "))
    }

    /// What the SQL uses, in the order of declaration: the order that callers know.
    private var declared: [ParameterDeclaration] {
        parameters.filter { sql.parameterNames.contains($0.name) }
    }

    private static func shown(_ declaration: ParameterDeclaration) -> String {
        "\(declaration.name)(\(declaration.type.rawValue))"
    }
}
