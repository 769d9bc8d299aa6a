// SPDX-License-Identifier: Apache-2.0

/// How many bytes a reader holds in all of its arrays, however it is built.
func keptBytes(_ value: Any) -> Int {
    if let bytes = value as? [UInt8] { return bytes.count }
    return Mirror(reflecting: value).children.reduce(0) { $0 + keptBytes($1.value) }
}
