// SPDX-License-Identifier: Apache-2.0

package import LinuxRuntime

/// Runs `body` on an event loop of its own, on the real kernel.
package func withLoop<Result: Sendable>(
    descriptorLimit: Int = 1_024,
    _ body: @Sendable (isolated EventLoop) async throws -> Result
) async throws -> Result {
    let loop = EventLoop(kernel: try SystemKernel(), descriptorLimit: descriptorLimit)
    let thread = try LoopThread(running: loop, name: "test")
    let result = try await body(loop)
    thread.stopAndJoin()
    return result
}
