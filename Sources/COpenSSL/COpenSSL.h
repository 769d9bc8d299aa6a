// SPDX-License-Identifier: Apache-2.0
// The part of OpenSSL's API that Swift's importer cannot call as it stands: macros, and stacks.
#ifndef BELLWETHER_COPENSSL_H
#define BELLWETHER_COPENSSL_H

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

/// The flags libcurl sets on the stores that it makes itself: prefer our anchors to what the server sent, and accept any
/// certificate of the store as an anchor, not only self-signed ones.
static inline int copenssl_trust_like_libcurl(X509_STORE *store) {
    return X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
}

static inline int copenssl_set_minimum_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version);
}

static inline int copenssl_allow_every_newer_version(SSL_CTX *context) {
    return SSL_CTX_set_max_proto_version(context, 0);
}

/// Of the suites of TLS 1.3 that the system's policy allows, names the one first whose hash is the cheapest: 13 % less for a resumed
/// handshake. Every client has it (RFC 8446 section 9.1), and most name it first.
static inline int copenssl_prefer_cheapest_suite(SSL_CTX *context) {
    static const char cheapest[] = "TLS_AES_128_GCM_SHA256";
    const STACK_OF(SSL_CIPHER) *suites = SSL_CTX_get_ciphers(context);
    char names[512] = "";
    size_t length = 0;
    int is_allowed = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int index = 0; index < sk_SSL_CIPHER_num(suites); index++) {
            const SSL_CIPHER *suite = sk_SSL_CIPHER_value(suites, index);
            const char *name = SSL_CIPHER_get_name(suite);
            if (strcmp(SSL_CIPHER_get_version(suite), "TLSv1.3") != 0) continue;
            if ((strcmp(name, cheapest) == 0) != (pass == 0)) continue;
            is_allowed |= pass == 0;
            if (length + strlen(name) + 2 > sizeof names) return 0;
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", length ? ":" : "", name);
        }
    }
    return !is_allowed || SSL_CTX_set_ciphersuites(context, names);
}

/// A peer cannot make us handshake again on a connection that stands.
static inline void copenssl_refuse_renegotiation(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
}

/// OpenSSL keeps no session by itself.
static inline void copenssl_forget_sessions(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

/// No session is ever resumed: a resumed one shows no certificate, so an expired one would go unnoticed.
static inline void copenssl_refuse_tickets(SSL_CTX *context) { SSL_CTX_set_options(context, SSL_OP_NO_TICKET); }

/// A connection that is freed without a farewell is taken for broken, and its session with it; ours end with a reset.
static inline void copenssl_pretend_farewell(SSL *session) {
    SSL_set_shutdown(session, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}
static inline int copenssl_was_resumed(const SSL *session) { return SSL_session_reused(session); }

/// A session that waits holds no buffers: 32 KiB less for each.
static inline void copenssl_release_buffers(SSL_CTX *context) { SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); }

/// The name of the server in the ClientHello (RFC 6066 section 3).
static inline int copenssl_set_server_name(SSL *session, const char *name) {
    return SSL_set_tlsext_host_name(session, name);
}

static inline int copenssl_certificate_count(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline X509 *copenssl_certificate(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}
static inline STACK_OF(X509) *copenssl_new_stack(void) { return sk_X509_new_null(); }
/// The stack owns the certificate when this returns more than 0.
static inline int copenssl_push(STACK_OF(X509) *stack, X509 *certificate) { return sk_X509_push(stack, certificate); }
static inline void copenssl_free_stack(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

static inline int copenssl_name_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
/// The bytes of a DNS name or an address, with their type; NULL for every other sort of name.
static inline const unsigned char *copenssl_name(const GENERAL_NAMES *names, int index, int *type, int *length) {
    GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    const ASN1_STRING *text = GENERAL_NAME_get0_value(name, type);
    if (*type != GEN_DNS && *type != GEN_IPADD) return NULL;
    *length = ASN1_STRING_length(text);
    return ASN1_STRING_get0_data(text);
}

/// Writes a name as RFC 2253 does, but with characters beyond ASCII as UTF-8.
static inline int copenssl_print_name(BIO *output, const X509_NAME *name) {
    return X509_NAME_print_ex(output, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

static inline long copenssl_written(BIO *output, char **bytes) { return BIO_get_mem_data(output, bytes); }

/// No passphrase, and never a question on the terminal.
static inline int copenssl_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer; (void)size; (void)writing; (void)context;
    return -1;
}
static inline EVP_PKEY *copenssl_read_key(BIO *input) {
    return PEM_read_bio_PrivateKey(input, NULL, copenssl_no_passphrase, NULL);
}
static inline X509 *copenssl_read_certificate(BIO *input) {
    return PEM_read_bio_X509(input, NULL, copenssl_no_passphrase, NULL);
}

typedef void (*copenssl_free_function)(
    void *parent, void *value, CRYPTO_EX_DATA *data, int index, long argl, void *argp);
static inline int copenssl_context_index(copenssl_free_function release) {
    return SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, release);
}
static inline int copenssl_session_index(copenssl_free_function release) {
    return SSL_get_ex_new_index(0, NULL, NULL, NULL, release);
}

static inline int copenssl_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int copenssl_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

#endif
