#!/bin/sh
# Plan, apply and plan again on the embedded sandbox: what the README's first command shows.
set -eu
cd "$(dirname "$0")"
: "${MQINFRA:=mqinfra}"
rm -rf .mqinfra
show() {
  printf '\n$ mqinfra %s\n' "$*"
  "$MQINFRA" "$@"
}
show plan
show apply --auto-approve
show plan
