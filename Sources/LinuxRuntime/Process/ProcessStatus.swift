// SPDX-License-Identifier: Apache-2.0

/// The part of `/proc/<pid>/stat` that tells who a process is (proc(5)).
struct ProcessStatus: Hashable {
    var id: ProcessID
    /// The program's name as the kernel keeps it: its first 15 bytes.
    var name: String
    var state: Character
    var parent: Int32
    var session: Int32
    var startTime: UInt64

    /// Reads the file's text; nil when it is not of that form.
    ///
    /// The second field is the program's name in parentheses, and may itself hold parentheses, spaces and line ends: what
    /// follows begins after the last parenthesis.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else { return nil }
        guard let number = Int32(text[..<open].filter { !$0.isWhitespace }), number > 0 else { return nil }
        let fields = text[text.index(after: close)...].split(whereSeparator: \.isWhitespace)
        guard fields.count >= 20, let state = fields[0].first, let parent = Int32(fields[1]),
            let session = Int32(fields[3]), let startTime = UInt64(fields[19])
        else { return nil }
        id = ProcessID(number)
        name = String(text[text.index(after: open)..<close])
        self.state = state
        self.parent = parent
        self.session = session
        self.startTime = startTime
    }

    /// It has ended: a zombie, or dead and about to vanish.
    var hasEnded: Bool { state == "Z" || state == "X" }
}
