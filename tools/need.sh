#!/bin/sh
# need COMMAND PACKAGE: make sure that a command is there; install its Debian package where we may.
command -v "$1" >/dev/null && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "installing $2 ..." >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2"; } >/dev/null 2>&1
    command -v "$1" >/dev/null && exit 0
fi
echo "The tests need '$1'. Install it and run make again: on Debian or Ubuntu, sudo apt-get install $2" >&2
exit 1
