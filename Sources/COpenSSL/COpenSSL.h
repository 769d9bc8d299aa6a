// SPDX-License-Identifier: Apache-2.0
// The part of OpenSSL's API that Swift's importer cannot call as it stands.
#ifndef BELLWETHER_COPENSSL_H
#define BELLWETHER_COPENSSL_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

/// The flags libcurl sets on the stores that it makes itself: prefer our anchors to what the server sent, and accept any
/// certificate of the store as an anchor, not only self-signed ones.
static inline int copenssl_trust_like_libcurl(X509_STORE *store) {
    return X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
}

#endif
