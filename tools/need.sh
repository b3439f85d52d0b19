#!/bin/sh
# need COMMAND PACKAGE [OTHER]: make sure that a command is there; install its Debian package where we may.
# Where it cannot be installed, OTHER serves as well: a command and package of one name.
install() {
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
    echo "installing $1 ..." >&2
    apt-get install -y -qq "$1" >/dev/null 2>&1 ||
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1"; } >/dev/null 2>&1
}
command -v "$1" >/dev/null && exit 0
install "$2" && command -v "$1" >/dev/null && exit 0
[ -n "$3" ] && { command -v "$3" >/dev/null || install "$3"; } && exit 0
echo "The tests need '$1'. Install it and run make again: on Debian or Ubuntu, sudo apt-get install $2${3:+ (or $3)}" >&2
exit 1
