// SPDX-License-Identifier: Apache-2.0

import BellwetherProbes

@main
enum Main {
    static func main() {
        BellwetherAgent.main(kinds: [FileAge.self])
    }
}
