// SPDX-License-Identifier: Apache-2.0

/// Hides what may be a secret in URLs and command lines before they are shown.
///
/// Nobody can tell for certain, so it errs on the side of hiding: what follows a word such as `token`, `password` or `key`, a
/// password before the `@` of a URL, what the options `-p`, `-a` and `-u` of usual tools are given, and anything long that looks
/// as if it was drawn at random.
package enum ShownText {
    /// What stands in the place of a secret.
    package static let mask = "(redacted)"

    /// A URL with the password of its user information and the values of its query that may be secrets hidden.
    package static func url(_ text: String) -> String {
        guard let schemeEnd = text.firstRange(of: "://") else { return query(of: text) }
        let rest = text[schemeEnd.upperBound...]
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var authority = String(rest[..<authorityEnd])
        if let at = authority.lastIndex(of: "@") {
            let user = authority[..<at]
            let shown = user.firstIndex(of: ":").map { String(user[...$0]) + mask } ?? mask
            authority = shown + String(authority[at...])
        }
        return text[..<schemeEnd.upperBound] + authority + query(of: String(rest[authorityEnd...]))
    }

    /// A command line, word by word, with what may be secrets hidden; also within words that hold several, as those of `sh -c`.
    package static func command(_ words: [String]) -> [String] {
        var pending: Pending?
        return words.map { word in
            var shown: [String] = []
            let parts = word.split(separator: " ", omittingEmptySubsequences: false)
            for part in parts {
                shown.append(part.isEmpty ? "" : Self.word(String(part), after: &pending))
                // A field of a request, `Authorization: Bearer …`: all that follows in this word is its value.
                if part.hasSuffix(":"), isSecretName(part.dropLast()), shown.count < parts.count {
                    shown.append(mask)
                    break
                }
            }
            return shown.joined(separator: " ")
        }
    }

    // MARK: Words of a command line

    /// What the word before says about this one.
    private enum Pending {
        /// It is a secret, whatever it is.
        case secret
        /// It is one unless it is a number, such as a port.
        case secretOrNumber
        /// Its part after a colon is one.
        case pair
        /// Its part after a colon is one, or all of it.
        case pairOrSecret
    }

    private static func word(_ word: String, after pending: inout Pending?) -> String {
        let said = pending
        pending = nil
        switch said {
        case .secret where !word.hasPrefix("--"): return mask
        case .secretOrNumber where !word.hasPrefix("-"): return isNumber(word) ? word : mask
        case .pair where !word.hasPrefix("-"): return pair(word) ?? value(word)
        case .pairOrSecret where !word.hasPrefix("-"): return pair(word) ?? mask
        default: break
        }
        if word.contains("://") { return assigned(word, url) }
        switch word {
        case "-p", "-P": pending = .secretOrNumber
        case "-u", "-U": pending = .pair
        case "-a": pending = .pairOrSecret
        default: break
        }
        if let equals = word.firstIndex(of: "=") {
            let name = word[..<equals]
            if isSecretName(name) { return word[...equals] + mask }
            return word[...equals] + value(String(word[word.index(after: equals)...]))
        }
        if word.hasPrefix("-") {
            if isSecretName(word.drop { $0 == "-" }) {
                pending = .secret
            } else if word.hasPrefix("-p"), word.count > 2, !isNumber(word.dropFirst(2)) {
                return "-p" + mask
            }
            return word
        }
        if let colon = word.firstIndex(of: ":"), isSecretName(word[..<colon]), word[colon...].count > 1 {
            return word[...colon] + mask
        }
        return value(word)
    }

    /// `--url=http://…`: the URL behind the sign, or the whole word.
    private static func assigned(_ word: String, _ show: (String) -> String) -> String {
        guard let equals = word.firstIndex(of: "="), let scheme = word.firstRange(of: "://"),
            equals < scheme.lowerBound
        else { return show(word) }
        return word[...equals] + show(String(word[word.index(after: equals)...]))
    }

    private static func pair(_ word: String) -> String? {
        word.firstIndex(of: ":").map { word[...$0] + mask }
    }

    // MARK: Queries and values

    private static func query(of text: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        let fields = text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        let shown = fields.map { field in
            guard let equals = field.firstIndex(of: "=") else { return value(String(field)) }
            let content = String(field[field.index(after: equals)...])
            return field[...equals] + (isSecretName(field[..<equals]) && !content.isEmpty ? mask : value(content))
        }
        return text[...mark] + shown.joined(separator: "&")
    }

    /// The value, unless it looks as if it was drawn at random: 20 letters and digits in a row or more, of both kinds.
    private static func value(_ text: String) -> String {
        let runs = text.utf8.split { !$0.isLetter && !$0.isDigit }
        let isRandom = runs.contains { run in
            let digits = run.count(where: \.isDigit)
            return run.count >= 20 && digits >= 3 && digits < run.count
        }
        return isRandom ? mask : text
    }

    /// Whether something of this name is a secret by its name.
    private static func isSecretName(_ name: some StringProtocol) -> Bool {
        let plain = name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "\"" && $0 != "'" }
        return parts.contains { plain.contains($0) } || wholes.contains(plain)
    }

    private static func isNumber(_ text: some StringProtocol) -> Bool { text.utf8.allSatisfy(\.isDigit) }

    private static let parts = [
        "token", "secret", "passw", "passphrase", "passwd", "pwd", "apikey", "accesskey", "authkey", "privatekey",
        "credential", "signature", "session", "jwt", "community", "authorization", "cookie",
    ]
    private static let wholes: Set<String> = ["key", "pass", "auth", "sig", "code", "pin", "sid", "authpassword"]
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
