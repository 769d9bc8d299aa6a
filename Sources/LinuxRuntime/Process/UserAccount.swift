// SPDX-License-Identifier: Apache-2.0

/// Whom a program runs as.
package struct UserAccount: Hashable, Sendable {
    /// The user's number.
    package var user: UInt32
    /// The number of the user's own group.
    package var group: UInt32
    /// The numbers of all groups, the own one included.
    package var groups: [UInt32]

    package init(user: UInt32, group: UInt32, groups: [UInt32]) {
        self.user = user
        self.group = group
        self.groups = groups
    }
}

/// The accounts of this machine: `/etc/passwd` and `/etc/group`, no directory service.
///
/// A directory service may take seconds to answer or not answer at all, and would hold up every probe. An account of one can
/// be named by its number, which stands for the user and for the group of that number.
package struct LocalAccounts: Sendable {
    private let files: any FileLayer

    package init(files: any FileLayer) {
        self.files = files
    }

    /// The account of that name or number.
    ///
    /// - Throws: in words, why there is none.
    package func account(_ name: String) throws(AccountProblem) -> UserAccount {
        let users = try lines(of: "/etc/passwd").filter { $0.count >= 4 }
        let number = name.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt32(name) : nil
        guard let entry = users.first(where: { number == nil ? $0[0] == name : UInt32($0[2]) == number }) else {
            guard let number else { throw AccountProblem(message: "there is no local user \(name)") }
            return UserAccount(user: number, group: number, groups: [number])
        }
        guard let user = UInt32(entry[2]), let group = UInt32(entry[3]) else {
            throw AccountProblem(message: "/etc/passwd says nothing usable about \(name)")
        }
        let others = try lines(of: "/etc/group").compactMap { fields -> UInt32? in
            guard fields.count >= 4, fields[3].split(separator: ",").contains(where: { $0 == entry[0] }) else {
                return nil
            }
            return UInt32(fields[2])
        }
        return UserAccount(user: user, group: group, groups: Array(Set(others + [group])).sorted())
    }

    private func lines(of path: String) throws(AccountProblem) -> [[Substring]] {
        do {
            let text = String(decoding: try files.read(path, limit: 1_048_576).bytes, as: UTF8.self)
            return text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
        } catch {
            throw AccountProblem(message: "accounts cannot be read: \(error)")
        }
    }
}

/// Why an account cannot be used.
package struct AccountProblem: Error, Hashable, Sendable {
    /// In words, for people.
    package let message: String

    package init(message: String) {
        self.message = message
    }
}
