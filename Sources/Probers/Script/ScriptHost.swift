// SPDX-License-Identifier: Apache-2.0

package import LinuxRuntime

/// What all script probers of one loop share.
package struct ScriptHost {
    /// Runs the programs.
    package let reaper: ProcessReaper
    /// Says which programs may be executed.
    package let trust: ScriptTrust
    /// Knows the accounts that programs may run as.
    package let accounts: LocalAccounts
    /// How many programs run at once.
    package let slots: ScriptSlots

    /// - Parameters:
    ///   - reaper: the one of the loop that the probers are used on.
    ///   - files: where programs and accounts are found.
    ///   - user: the number of the agent's user.
    ///   - limit: how many programs run at once.
    package init(reaper: ProcessReaper, files: any FileLayer, user: UInt32, limit: Int = 32) {
        self.reaper = reaper
        trust = ScriptTrust(files: files, user: user)
        accounts = LocalAccounts(files: files)
        slots = ScriptSlots(limit: limit)
    }
}
