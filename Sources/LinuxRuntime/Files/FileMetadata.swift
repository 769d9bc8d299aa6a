// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Who owns a file, who may do what with it, and which file it is.
package struct FileMetadata: Hashable, Sendable {
    /// What lies behind a name.
    package enum Kind: String, Hashable, Sendable {
        case regular = "regular file"
        case directory = "directory"
        case fifo = "FIFO"
        case socket = "socket"
        case characterDevice = "character device"
        case blockDevice = "block device"
        case other = "file of an unknown kind"
    }

    package var kind: Kind
    /// Permission bits, set-user-ID and sticky bits included: the low twelve.
    package var permissions: UInt32
    /// The owner's user number.
    package var owner: UInt32
    package var group: UInt32
    /// In bytes; 0 for what the kernel makes up, as in /proc.
    package var size: Int64
    /// Tells files apart: device and inode.
    package var identity: Identity
    package var modifiedAt: WallTime
    /// When contents, owner, permissions or links changed last, which no program can set.
    package var changedAt: WallTime

    /// Which file it is, on this machine and while it exists.
    package struct Identity: Hashable, Sendable {
        package var device: UInt64
        package var inode: UInt64

        package init(device: UInt64, inode: UInt64) {
            self.device = device
            self.inode = inode
        }
    }

    package init(
        kind: Kind,
        permissions: UInt32,
        owner: UInt32,
        group: UInt32,
        size: Int64,
        identity: Identity,
        modifiedAt: WallTime,
        changedAt: WallTime? = nil
    ) {
        self.kind = kind
        self.permissions = permissions
        self.owner = owner
        self.group = group
        self.size = size
        self.identity = identity
        self.modifiedAt = modifiedAt
        self.changedAt = changedAt ?? modifiedAt
    }

    /// Whether its group or everybody may write to it.
    package var isWritableByOthers: Bool { permissions & 0o022 != 0 }

    /// Whether only its owner may rename or remove what lies in the directory.
    package var isSticky: Bool { permissions & 0o1000 != 0 }
}
