#!/bin/sh
# Three brokers in one change set on the embedded sandbox; then a change that is blocked with its way out, and a removal.
set -eu
cd "$(dirname "$0")"
: "${MQINFRA:=mqinfra}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R mqinfra.yaml topology changed "$work"
cd "$work"
show() {
  printf '\n$ mqinfra %s\n' "$*"
  "$MQINFRA" "$@"
}
show plan
show apply -q --auto-approve
show plan
printf '\n$ cp changed/orders.yaml topology/orders.yaml\n'
cp changed/orders.yaml topology/orders.yaml
show plan || [ $? -eq 3 ]
