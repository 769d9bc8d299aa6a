#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes, in the folder it runs in, the certificates whose dates or chains the checked-in ones cannot have: NAME.pem, its key
# NAME.key, and NAME.chain with what a server sends besides; authority.pem is what to trust. The keys protect nothing.
set -eu
cat >ca.cnf <<'END'
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
END
: >index.txt
authority() { # name
    openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
    openssl req -x509 -new -key "$1.key" -subj "/CN=Fresh $1" -days 36500 -out "$1.pem" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}
sign() { # name, issuer, extension, days from now it begins, days from now it ends; a key that is there already is used
    test -e "$1.key" || openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out request.csr
    printf '%s\n' "$3" >extension.cnf
    openssl ca -batch -notext -config ca.cnf -cert "$2.pem" -keyfile "$2.key" -in request.csr -out "$1.pem" \
        -extfile extension.cnf -startdate "$(date -u -d "$4 days" +%Y%m%d%H%M%SZ)" \
        -enddate "$(date -u -d "$5 days" +%Y%m%d%H%M%SZ)"
}
issuing='basicConstraints=critical,CA:TRUE'
local='subjectAltName=DNS:localhost,DNS:target.test,IP:127.0.0.1'
authority authority
authority stranger
sign intermediate authority "$issuing" -10 3650
sign dead-intermediate authority "$issuing" -100 -10
sign chained intermediate "$local" -1 365
sign orphan intermediate "$local" -1 365
sign dead-chain dead-intermediate "$local" -1 365
sign soon authority "$local" -1 "12 hours 5"
sign expired authority "$local" -30 -2
sign early authority "$local" 20 400
sign other authority subjectAltName=DNS:other.test -1 365
sign nameonly authority subjectAltName=DNS:localhost -1 365
sign crowded authority "subjectAltName=$(seq -f DNS:n%g.test -s, 0 999)" -1 365
sign client authority extendedKeyUsage=clientAuth -1 365
sign client2 authority extendedKeyUsage=clientAuth -1 365
sign foreign stranger extendedKeyUsage=clientAuth -1 365
for kind in rsa rsa-pss ed25519 ed448; do
    openssl genpkey -algorithm $kind -out $kind.key
    sign $kind authority "$local" -1 365
done
cp intermediate.pem chained.chain
cp dead-intermediate.pem dead-chain.chain
sign grandchild intermediate extendedKeyUsage=clientAuth -1 365
cat intermediate.pem >>grandchild.pem
openssl ecparam -name prime256v1 -genkey -noout -out selfsigned.key
openssl req -x509 -new -key selfsigned.key -subj /CN=selfsigned -days 30 -addext "$local" -out selfsigned.pem
openssl ec -in client.key -aes128 -passout pass:secret -out locked.key
