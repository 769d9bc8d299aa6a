// SPDX-License-Identifier: Apache-2.0

import CLibYAML

/// Pulls events out of libyaml one by one.
///
/// libyaml keeps pointers into its own state and into the input, so both live at fixed addresses here until the parser ends.
@safe struct EventParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let isReady: Bool

    /// A parser of `bytes`, which are UTF-8; a byte order mark at the start is passed over.
    init(_ bytes: [UInt8]) {
        let text = bytes.starts(with: CharacterCheck.byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        // Freed in deinit, as is the parser: this value is their only owner.
        unsafe input = .allocate(capacity: text.count)
        _ = unsafe input.initialize(from: text)
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        isReady = unsafe yaml_parser_initialize(parser) == 1
        guard isReady else { return }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        // The order matters: libyaml reads nothing from the input while it is deleted, but owns no part of it either.
        if isReady { unsafe yaml_parser_delete(parser) }
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event; nil at the end of the stream.
    mutating func next() throws(YAMLProblem) -> YAMLEvent? {
        guard isReady else { throw YAMLProblem(position: nil, message: "out of memory") }
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw syntaxProblem() }
            defer { unsafe yaml_event_delete(&event) }  // Copies were taken of all that is kept.
            if unsafe event.type == YAML_STREAM_END_EVENT { return nil }
            guard let taken = unsafe Self.copy(event) else { continue }
            return taken
        }
    }

    private static func copy(_ event: yaml_event_t) -> YAMLEvent? {
        let position = unsafe SourcePosition(event.start_mark)
        let end = unsafe SourcePosition(event.end_mark)
        // libyaml fills the member of the union that belongs to the type.
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT:
            let tags = unsafe event.data.document_start.tag_directives
            return unsafe YAMLEvent(
                position: position,
                end: end,
                kind: .documentStart(declaresTags: tags.start != tags.end)
            )
        case YAML_DOCUMENT_END_EVENT:
            return YAMLEvent(position: position, end: end, kind: .documentEnd)
        case YAML_ALIAS_EVENT:
            return YAMLEvent(position: position, end: end, kind: .alias)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            let isQuoted = unsafe scalar.style != YAML_PLAIN_SCALAR_STYLE
            return unsafe YAMLEvent(
                position: position,
                end: end,
                kind: .scalar(YAMLScalar(text: text, isQuoted: isQuoted)),
                hasAnchor: scalar.anchor != nil,
                hasTag: scalar.tag != nil
            )
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return unsafe YAMLEvent(
                position: position,
                end: end,
                kind: .sequenceStart,
                hasAnchor: start.anchor != nil,
                hasTag: start.tag != nil
            )
        case YAML_SEQUENCE_END_EVENT:
            return YAMLEvent(position: position, end: end, kind: .sequenceEnd)
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return unsafe YAMLEvent(
                position: position,
                end: end,
                kind: .mappingStart,
                hasAnchor: start.anchor != nil,
                hasTag: start.tag != nil
            )
        case YAML_MAPPING_END_EVENT:
            return YAMLEvent(position: position, end: end, kind: .mappingEnd)
        default:
            return nil
        }
    }

    /// What libyaml says about the place where it gave up, put in the words of this file's other messages.
    private func syntaxProblem() -> YAMLProblem {
        // Texts are static C strings or null; marks are plain numbers.
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
        let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
        let mark = unsafe parser.pointee.problem_mark
        // Only this error path pays for a second look at the input, which lives as long as this value.
        let text = unsafe String(decoding: input, as: UTF8.self).unicodeScalars
        let isAtEnd = Int(clamping: mark.index) >= text.count
        let position = isAtEnd ? SourcePosition(after: text) : SourcePosition(mark)
        if unsafe parser.pointee.error == YAML_MEMORY_ERROR {
            return YAMLProblem(position: nil, message: "out of memory")
        }
        if problem == "found a tab character that violates indentation"
            || problem == "found character that cannot start any token"
                && text.dropFirst(Int(clamping: mark.index)).first == "\t"
        {
            return YAMLProblem(position: position, message: "a tab cannot indent a line (use spaces)")
        }
        var message = problem ?? "not a YAML text"
        if let context {
            let begin = SourcePosition(unsafe parser.pointee.context_mark)
            let isElsewhere = begin != SourcePosition(mark) && begin != SourcePosition(line: 1, column: 1)
            message += isElsewhere ? " (\(context) that begins at \(begin))" : " (\(context))"
        }
        return YAMLProblem(position: position, message: message)
    }
}

extension SourcePosition {
    /// libyaml counts from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }

    /// The place just after the last character of `text` that is no white space.
    ///
    /// At the end of a file libyaml names a line that does not exist, or an empty one; the mistake is before it.
    fileprivate init(after text: String.UnicodeScalarView) {
        var line = 1
        var column = 1
        var end = (line: 1, column: 1)
        var previous: Unicode.Scalar = " "
        for scalar in text {
            switch scalar {
            case "\n" where previous == "\r": break
            case "\n", "\r":
                line += 1
                column = 1
            default:
                column += 1
                if scalar != " ", scalar != "\t" { end = (line, column) }
            }
            previous = scalar
        }
        self.init(line: end.line, column: end.column)
    }
}
