// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

extension Field {
    /// The value that these keys, or numbers of items, lead to, or the nearest one around it.
    func nearest(_ path: ArraySlice<String>) -> Field {
        guard let word = path.first else { return self }
        switch node.content {
        case .mapping(let entries):
            guard let entry = entries.first(where: { $0.key == word }) else { return self }
            return child(entry).nearest(path.dropFirst())
        case .sequence(let nodes):
            guard let index = Int(word), nodes.indices.contains(index) else { return self }
            return item(index, nodes[index]).nearest(path.dropFirst())
        case .scalar: return self
        }
    }

    /// The value that these keys lead to; nil when it is not written.
    func written(_ path: String...) -> Field? {
        path.reduce(self) { field, key in
            guard case .mapping(let entries)? = field?.node.content else { return nil }
            return entries.first { $0.key == key }.flatMap { field?.child($0) }
        }
    }
}
