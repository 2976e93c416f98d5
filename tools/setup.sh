#!/bin/sh
# Installs what a step needs and lacks: setup.sh build|fuzz|e2e.  Debian/Ubuntu (apt) and macOS
# (brew).  Does nothing, quickly, when everything is there; says what to install when it may not do
# it itself.
set -eu
step=${1:-build}
mac="pkg-config json-c libevent libedit cmocka openssl@3"
case $step in
build) debian="gcc make pkg-config libjson-c-dev libevent-dev libedit-dev libssl-dev libcmocka-dev
       python3 python3-numpy python3-jinja2 libvulkan-dev libvulkan-volk-dev
       glslc mesa-vulkan-drivers" ;;
fuzz)  debian="clang clang-format clang-tidy gcc-aarch64-linux-gnu libc6-dev-arm64-cross
       qemu-user-static" ;;
e2e)   debian="nodejs npm" ;;
*) echo "setup.sh: unknown step $step" >&2; exit 2 ;;
esac

if [ "$(uname -s)" = Darwin ]; then
    missing=""
    for p in $mac; do brew list --versions "$p" >/dev/null 2>&1 || missing="$missing $p"; done
    [ -z "$missing" ] || brew install $missing
    exit 0
fi
command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for p in $debian; do
    case $p in
    nodejs) command -v node >/dev/null 2>&1 && continue ;;
    npm)    command -v npm >/dev/null 2>&1 && continue ;;
    esac
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
sudo=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "please install:$missing" >&2; exit 1; }
    sudo=sudo
fi
echo "installing:$missing"
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing \
    >/dev/null
