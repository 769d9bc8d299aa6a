// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

extension GRPCProbe {
    /// What the nearing end of the server's certificate means.
    var expiry: CertificateExpiryCheck { CertificateExpiryCheck(tls?.expiry ?? CertificateExpiry()) }

    /// The request that calls `method` of the health service (gRPC over HTTP/2, `Request`).
    func request(_ method: String) -> HTTPRequest {
        var headers = [
            HTTPField(name: "content-type", value: "application/grpc"),
            HTTPField(name: "te", value: "trailers"),
        ]
        if let authority { headers.append(HTTPField(name: "host", value: authority)) }
        let message = GRPCMessageReader.framed(HealthCheckMessage.request(service: service))
        return HTTPRequest(
            url: HTTPURL(isSecure: tls != nil, address: address, path: "/grpc.health.v1.Health/\(method)"),
            method: "POST",
            headers: headers + metadata,
            body: message,
            version: tls == nil ? .http2PriorKnowledge : .http2,
            maximumBodyBytes: GRPCMessageReader.prefixBytes + GRPCMessageReader.maximumMessageBytes,
            streamsAnswer: true,
            family: addresses.effectiveFamily,
            resolve: addresses.resolve,
            source: addresses.source,
            tls: tls ?? TLSSettings()
        )
    }
}
