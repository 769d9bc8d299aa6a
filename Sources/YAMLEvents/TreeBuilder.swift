// SPDX-License-Identifier: Apache-2.0

/// Makes the tree out of events and notes what is refused on the way.
///
/// After a refusal it goes on, so that one run shows every refused thing of a file.
struct TreeBuilder {
    /// The finished outermost values, one for each document that has any.
    private(set) var roots: [YAMLNode] = []
    /// What was refused so far, by position.
    private(set) var problems: [YAMLProblem] = []

    /// How many documents are taken.
    private let mostDocuments: Int
    private var open: [Frame] = []
    private var documents = 0
    private var nodes = 0

    /// A sequence or mapping that is not closed yet.
    private struct Frame {
        let position: SourcePosition
        let isMapping: Bool
        var items: [YAMLNode] = []
        var entries: [YAMLEntry] = []
        /// The key whose value comes next.
        var key: (text: String, position: SourcePosition)?
        /// Set while the next value belongs to a key that was refused.
        var keyWasRefused = false
    }

    init(mostDocuments: Int) { self.mostDocuments = mostDocuments }

    /// Takes the next event.
    ///
    /// - Returns: false when the rest of the file is of no interest.
    /// - Throws: a problem after which nothing more can be said about the file.
    mutating func take(_ event: YAMLEvent) throws(YAMLProblem) -> Bool {
        refuseProperties(of: event)
        switch event.kind {
        case .documentStart(let declaresTags):
            documents += 1
            if declaresTags { refuse("a %TAG directive is not supported", at: event.position) }
            guard documents <= mostDocuments else {
                let message =
                    mostDocuments == 1
                    ? "a second document begins here (one file is one document)"
                    : "more than \(mostDocuments) documents in one file"
                refuse(message, at: event.position)
                return false
            }
        case .documentEnd:
            break
        case .alias:
            refuse("aliases (*name) are not supported; write the value out", at: event.position)
            try put(YAMLNode(position: event.position, content: .scalar(YAMLScalar(text: "", isQuoted: false))))
        case .scalar(let scalar):
            try put(YAMLNode(position: event.position, content: .scalar(scalar)))
        case .sequenceStart, .mappingStart:
            try begin(event)
        case .sequenceEnd, .mappingEnd:
            guard let frame = open.popLast() else { break }
            let content: YAMLNode.Content = frame.isMapping ? .mapping(frame.entries) : .sequence(frame.items)
            try put(YAMLNode(position: frame.position, content: content))
        }
        return problems.count < YAMLDocument.maximumProblems
    }

    /// Notes a problem found elsewhere.
    mutating func report(_ problem: YAMLProblem) {
        problems.append(problem)
    }

    private mutating func begin(_ event: YAMLEvent) throws(YAMLProblem) {
        guard open.count < YAMLDocument.maximumDepth else {
            throw YAMLProblem(
                position: event.position,
                message: "nested deeper than \(YAMLDocument.maximumDepth) levels"
            )
        }
        let isMapping = if case .mappingStart = event.kind { true } else { false }
        open.append(Frame(position: event.position, isMapping: isMapping))
    }

    private mutating func put(_ node: YAMLNode) throws(YAMLProblem) {
        nodes += 1
        guard nodes <= YAMLDocument.maximumNodes else {
            throw YAMLProblem(
                position: node.position,
                message: "more than \(YAMLDocument.maximumNodes) values in one file"
            )
        }
        guard let last = open.indices.last else {
            roots.append(node)
            return
        }
        guard open[last].isMapping else {
            open[last].items.append(node)
            return
        }
        if let key = open[last].key {
            open[last].key = nil
            open[last].entries.append(YAMLEntry(key: key.text, keyPosition: key.position, value: node))
        } else if open[last].keyWasRefused {
            open[last].keyWasRefused = false
        } else if case .scalar(let scalar) = node.content {
            if scalar.text == "<<", !scalar.isQuoted {
                refuse("merge keys (<<) are not supported; use defaults", at: node.position)
            }
            open[last].key = (scalar.text, node.position)
        } else {
            refuse("a key must be a plain text", at: node.position)
            open[last].keyWasRefused = true
        }
    }

    private mutating func refuseProperties(of event: YAMLEvent) {
        if event.hasAnchor { refuse("anchors (&name) are not supported; write the value out", at: event.position) }
        if event.hasTag { refuse("tags (!name) are not supported", at: event.position) }
    }

    private mutating func refuse(_ message: String, at position: SourcePosition) {
        problems.append(YAMLProblem(position: position, message: message))
    }
}
