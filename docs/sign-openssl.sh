#!/bin/sh
# Signs with the Ed25519 key file that is the first argument.
set -eu
key=$1
case $2 in
public) exec openssl pkey -in "$key" -pubout ;;
sign)
    message=$(mktemp)
    trap 'rm -f "$message"' EXIT
    cat >"$message"
    openssl pkeyutl -sign -rawin -inkey "$key" -in "$message" ;;
*) echo "unknown request: $2" >&2; exit 2 ;;
esac
