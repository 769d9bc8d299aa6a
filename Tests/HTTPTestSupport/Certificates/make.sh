#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the certificates and keys that the TLS tests use: an authority, and three certificates signed by it for localhost and
# 127.0.0.1 (good, expired) or for another name (other). The keys protect nothing. Run in an empty folder.
set -eu
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
cat >ca.cnf <<'EOF'
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
EOF
: >index.txt
key authority
openssl req -x509 -new -key authority.key -subj "/CN=Bellwether test authority" -days 36500 -out authority.pem \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"
sign() { # name, subject alternative names, start, end
    key "$1"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
    printf 'subjectAltName=%s\n' "$2" >"$1.ext"
    openssl ca -batch -notext -config ca.cnf -cert authority.pem -keyfile authority.key -in "$1.csr" -out "$1.pem" \
        -extfile "$1.ext" -startdate "$3" -enddate "$4"
}
sign good DNS:localhost,DNS:target.test,IP:127.0.0.1 20200101000000Z 21200101000000Z
sign expired DNS:localhost,DNS:target.test,IP:127.0.0.1 20200101000000Z 20200102000000Z
sign early DNS:localhost,DNS:target.test,IP:127.0.0.1 21200101000000Z 21210101000000Z
sign other DNS:other.test 20200101000000Z 21200101000000Z
rm -f ./*.csr ./*.ext ca.cnf index.txt* ./[0-9A-F]*.pem authority.key
