#!/usr/bin/env bash
# Creates a certificate authority, and credentials for each name: a certificate, and a random password for SCRAM.
#
# Usage: deploy/secured/credentials.sh DIRECTORY NAME...
#
#   DIRECTORY/ca.crt, ca.key         the authority, which signs all certificates
#   DIRECTORY/NAME/ca.crt            the same certificate, for NAME's truststore
#   DIRECTORY/NAME/keystore.pem      NAME's private key and certificate, for CN=NAME at the hosts NAME and localhost
#   DIRECTORY/NAME/scram.properties  client settings for SASL_SSL with SCRAM-SHA-512
#   DIRECTORY/NAME/tls.properties    client settings for mutual TLS
#   DIRECTORY/users/NAME             NAME's password, for `kafka-configs.sh --add-config-file`
#
# A name that has credentials keeps them. Remove its folder, and run this again, to replace them; remove everything to replace
# the authority. FRESHET_CERTIFICATE_DAYS is how long certificates are valid, 365 by default. FRESHET_CREDENTIALS is the folder
# where clients find their files if it is not DIRECTORY/NAME.
set -euo pipefail
umask 077

fail() { echo "credentials.sh: $*" >&2; exit 1; }
(($# >= 2)) || fail "arguments: $# (expected: DIRECTORY NAME...)"
command -v openssl >/dev/null || fail "no openssl on the PATH"
mkdir -p "$1"
directory=$(cd "$1" && pwd)
days=${FRESHET_CERTIFICATE_DAYS:-365}
shift

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

authority() {
  [[ -e $directory/ca.key ]] && return
  key "$directory/ca.key"
  openssl req -x509 -new -key "$directory/ca.key" -subj "/CN=Freshet authority" -days 3650 \
    -addext keyUsage=critical,keyCertSign,cRLSign -out "$directory/ca.crt"
}

certificate() { # certificate NAME FOLDER
  local work
  work=$(mktemp -d)
  key "$work/key"
  openssl req -new -key "$work/key" -subj "/CN=$1" -out "$work/request"
  openssl x509 -req -in "$work/request" -CA "$directory/ca.crt" -CAkey "$directory/ca.key" -days "$days" -out "$work/certificate" \
    -extfile <(echo "subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1"; echo "extendedKeyUsage=serverAuth,clientAuth") 2>"$work/log" || fail "$1: $(tail -1 "$work/log")"
  cat "$work/key" "$work/certificate" >"$2/keystore.pem"
  cp "$directory/ca.crt" "$2/ca.crt"
  rm -r "$work"
}

settings() { # settings NAME FOLDER PASSWORD
  local seen=${FRESHET_CREDENTIALS:-$2}
  cat >"$2/scram.properties" <<PROPERTIES
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="$1" password="$3";
ssl.truststore.type=PEM
ssl.truststore.location=$seen/ca.crt
PROPERTIES
  cat >"$2/tls.properties" <<PROPERTIES
security.protocol=SSL
ssl.truststore.type=PEM
ssl.truststore.location=$seen/ca.crt
ssl.keystore.type=PEM
ssl.keystore.location=$seen/keystore.pem
PROPERTIES
}

mkdir -p "$directory/users"
for name in "$@"; do
  [[ $name =~ ^[a-z0-9-]+$ ]] || fail "name: $name (expected: small letters, digits, and -)"
  folder=$directory/$name
  [[ -e $folder/keystore.pem ]] && continue
  authority
  mkdir -p "$folder"
  password=$(openssl rand -hex 24)
  echo "SCRAM-SHA-512=password=$password" >"$directory/users/$name"
  settings "$name" "$folder" "$password"
  certificate "$name" "$folder"
done
