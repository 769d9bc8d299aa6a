// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import ProbeConfig

/// Finds the configuration's files, reads each of them once, and has them checked together.
///
/// `check`, the start and a reload go through here, so they agree on what is right (promise P1).
struct ConfigurationReader {
    /// The largest file that is read: more than `ProbeConfig` accepts, so that it is that one which refuses.
    private static let maximumBytes = 2 * 1024 * 1024
    /// Most entries of the probes folder.
    static let maximumEntries = 20_000

    private let files: any FileLayer
    private let kinds: (any CustomKinds)?
    private let variables: TextVariables

    init(
        files: any FileLayer,
        kinds: (any CustomKinds)? = AddedKinds.current,
        variables: TextVariables = .system
    ) {
        self.files = files
        self.kinds = kinds
        self.variables = variables
    }

    /// Reads everything at `location`.
    func read(_ location: ConfigurationLocation) -> ConfigurationReading {
        var problems: [Diagnostic] = []
        let main = mainFile(location, &problems)
        let folder = location.probesFolder ?? probesFolder(of: main)
        let sources = probeFiles(in: folder, &problems)
        let all = (main.map { [$0] } ?? []) + sources
        do throws(ConfigurationRefusal) {
            let configuration = try Configuration(
                main: main,
                probeFiles: sources,
                variables: variables,
                kinds: kinds,
                zones: SystemZones(files: files)
            )
            guard problems.isEmpty else { return .rejected(DiagnosticReport(problems, sources: all)) }
            let programs = ProgramCheck(files: files)
            let missing =
                configuration.namedFiles.compactMap { $0.isProgram ? programs.warning(about: $0) : unreadable($0) }
                + missingSecrets(of: configuration)
            return .accepted(
                AcceptedConfiguration(
                    configuration: configuration,
                    location: location,
                    main: main,
                    probeFiles: sources,
                    missing: missing
                )
            )
        } catch {
            return .rejected(DiagnosticReport(problems + error.diagnostics, sources: all))
        }
    }

    /// Explains a probe of a configuration that was accepted.
    ///
    /// - Throws: that no probe is called so.
    func explanation(
        of name: String,
        in accepted: AcceptedConfiguration
    ) throws(ProbeExplanation.Unknown) -> ProbeExplanation {
        try ProbeExplanation(
            of: name,
            main: accepted.main,
            probeFiles: accepted.probeFiles,
            variables: variables,
            kinds: kinds,
            zones: SystemZones(files: files)
        )
    }

    /// What is read at `location`, as the configuration file says now.
    func interest(of location: ConfigurationLocation) -> ConfigurationInterest {
        var ignored: [Diagnostic] = []
        return ConfigurationInterest(
            mainFile: location.configurationFile ?? ConfigurationLocation.installedFile,
            probesFolder: location.probesFolder ?? probesFolder(of: mainFile(location, &ignored))
        )
    }

    private func mainFile(_ location: ConfigurationLocation, _ problems: inout [Diagnostic]) -> ConfigurationSource? {
        if let path = location.configurationFile { return source(path, &problems) }
        guard (try? files.metadata(of: ConfigurationLocation.installedFile)) != nil else { return nil }
        return source(ConfigurationLocation.installedFile, &problems)
    }

    /// The folder that the main file names, beside it; without a main file, the built-in one beside the caller.
    private func probesFolder(of main: ConfigurationSource?) -> String {
        let folder = Configuration.probesDirectory(in: main, variables: variables)
        guard let main, !folder.hasPrefix("/"), let slash = main.path.lastIndex(of: "/") else { return folder }
        return main.path[...slash] + folder
    }

    private func probeFiles(in folder: String, _ problems: inout [Diagnostic]) -> [ConfigurationSource] {
        do {
            let names = try files.entries(of: folder, limit: Self.maximumEntries)
            let wanted = names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }
            return wanted.compactMap { source(folder + "/" + $0, &problems) }
        } catch {
            problems.append(Diagnostic(error))
            return []
        }
    }

    private func source(_ path: String, _ problems: inout [Diagnostic]) -> ConfigurationSource? {
        do {
            let bytes = try files.read(path, limit: Self.maximumBytes).bytes
            return ConfigurationSource(path: path, bytes: bytes, directory: absoluteDirectory(of: path))
        } catch {
            problems.append(Diagnostic(error))
            return nil
        }
    }

    /// A warning about a file that probes need and that cannot be read.
    ///
    /// Not an error: it may come later, or be readable to the agent's user only, and the probe tells as long as it lacks.
    private func unreadable(_ file: NamedFile) -> Diagnostic? {
        do {
            _ = try files.read(file.path, limit: Self.maximumBytes)
            return nil
        } catch {
            return Diagnostic(
                severity: .warning,
                location: file.location,
                keyPath: file.keyPath,
                message: "\(file.keyPath): cannot be read now: \(Diagnostic(error).message)",
                detail: DiagnosticDetail(.missingFile, seen: file.path)
            )
        }
    }

    /// Warnings about secrets that cannot be had, for the reasons that hold for files.
    private func missingSecrets(of configuration: Configuration) -> [Diagnostic] {
        let reader = SecretReader(files: files)
        return configuration.namedSecrets.compactMap { named in
            do throws(SecretProblem) {
                _ = try reader.text(of: named.secret)
                return nil
            } catch {
                return Diagnostic(
                    severity: .warning,
                    location: named.location,
                    keyPath: named.keyPath,
                    message: "\(named.keyPath): \(error.message)",
                    detail: DiagnosticDetail(.missingSecret, seen: named.secret.reference)
                )
            }
        }
    }

    /// The folder that names beginning with `./` in this file are relative to.
    private func absoluteDirectory(of path: String) -> String? {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return try? files.canonicalPath(of: folder.isEmpty ? "/" : folder)
    }
}

extension Diagnostic {
    /// A file or folder that cannot be read.
    fileprivate init(_ error: FileError) {
        self.init(
            severity: .error,
            location: FileLocation(path: error.path, position: nil),
            keyPath: "",
            message: error.reason,
            detail: DiagnosticDetail(.unreadableFile)
        )
    }
}
