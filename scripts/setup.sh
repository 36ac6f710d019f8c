#!/usr/bin/env bash
# Installs what the build needs and is missing; takes well under a second when nothing is.
# With --tests also what only the tests and scripts/check.sh need: a browser, a reader of scripts (ShellCheck), and in
# .deps/python what drives the browser (Playwright), what looks for barriers in its pages (axe), python-blosc2, the client of
# Caterva2, NumPy and the parser of Prometheus' client.
# With --campaign what scripts/campaign.sh needs on top: a library that moves clocks, and `ip` for a network of its own.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

swift_needed=6.3
blosc2_needed=2.15
blosc2_wheel=4.14.1
caterva2_wheel=2026.9.2
playwright_wheel=1.65.2
prometheus_wheel=0.26.0
axe_wheel=0.1.8
packages=(
    libmicrohttpd-dev libcurl4-openssl-dev libsqlite3-dev libssl-dev zlib1g-dev libmsgpack-dev
    pkg-config curl ca-certificates python3 python3-venv
)

at_least() { # VERSION WANTED
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

check_swift() {
    local how="install it as https://www.swift.org/install/linux/ says, put 'swift' in PATH, and run this again"
    command -v swift >/dev/null || die "no 'swift' in PATH: Swift $swift_needed or newer is needed; $how"
    local version
    version="$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)"
    [ -n "$version" ] || die "'swift --version' does not work; Swift $swift_needed or newer is needed; $how"
    at_least "$version" "$swift_needed" || die "Swift $version is too old: $swift_needed or newer is needed; $how"
}

check_system() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null && return
    die "this system is neither Debian nor Ubuntu. Install by hand, with headers: libmicrohttpd >= 0.9.75, libcurl," \
        "SQLite >= 3.40, OpenSSL >= 3, zlib, msgpack-c, C-Blosc2 >= $blosc2_needed, and pkg-config, curl," \
        "Python 3 with venv. Then make $deps/blosc2/include and $deps/blosc2/lib links to the folders that hold" \
        "blosc2.h and libblosc2, and call 'swift build' directly"
}

missing_packages() {
    local installed package
    # dpkg-query fails when it does not know a name; what it prints is enough.
    installed=" $(dpkg-query -W -f '${db:Status-Status}=${Package} ' "${packages[@]}" 2>/dev/null || true)"
    for package in "${packages[@]}"; do
        [[ "$installed" == *" installed=$package "* ]] || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
    local missing
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" -gt 0 ] || return 0
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
        die "not root and no sudo: let root run 'apt-get install ${missing[*]}'"
    say "installing ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null || die "apt-get could not install ${missing[*]}"
}

# msgpack-c 6 renamed its pkg-config file; the package asks for the old name.
name_msgpack() {
    pkg-config --exists msgpack && return
    pkg-config --exists msgpack-c || die "pkg-config knows neither 'msgpack' nor 'msgpack-c'"
    mkdir -p "$deps/pkgconfig"
    printf 'Name: msgpack\nDescription: msgpack-c\nVersion: %s\nRequires: msgpack-c\n' \
        "$(pkg-config --modversion msgpack-c)" >"$deps/pkgconfig/msgpack.pc"
}

make_python() {
    [ -x "$deps/python/bin/pip" ] && return
    say "making a Python environment in .deps/python"
    rm -rf "$deps/python"
    python3 -m venv "$deps/python"
}

# By the interpreter: the script pip names the place where the environment was made, which a copy is not in.
pip() { "$deps/python/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

# C-Blosc2 from the system where it is new enough, else from the wheel of python-blosc2, which holds a static library.
install_blosc2() {
    local version=""
    if pkg-config --atleast-version="$blosc2_needed" blosc2; then
        version="system $(pkg-config --modversion blosc2)"
    else
        version="wheel $blosc2_wheel"
    fi
    [ "$(cat "$deps/blosc2/version" 2>/dev/null)" = "$version" ] && return
    say "C-Blosc2: $version"
    rm -rf "$deps/blosc2" "$deps/blosc2.new"
    mkdir -p "$deps/blosc2.new/include" "$deps/blosc2.new/lib"
    case "$version" in
    system*) link_blosc2 "$deps/blosc2.new" ;;
    *) unpack_blosc2 "$deps/blosc2.new" ;;
    esac
    echo "$version" >"$deps/blosc2.new/version"
    mv "$deps/blosc2.new" "$deps/blosc2"
}

link_blosc2() { # FOLDER; single files, because all of /usr/include on the search path would disturb the system's order
    local include lib
    include="$(pkg-config --variable=includedir blosc2)"
    lib="$(pkg-config --variable=libdir blosc2)"
    ln -s "$include"/b2nd.h "$include"/blosc2.h "$include"/blosc2 "$1/include/"
    ln -s "$lib"/libblosc2.* "$1/lib/"
}

unpack_blosc2() { # FOLDER
    make_python
    pip download --no-deps --only-binary :all: --dest "$1/wheel" "blosc2==$blosc2_wheel" >/dev/null
    "$deps/python/bin/python" -m zipfile -e "$1"/wheel/blosc2-*.whl "$1/wheel/files"
    cp -r "$1"/wheel/files/blosc2/include/. "$1/include/"
    cp "$(find "$1/wheel/files/blosc2" -name libblosc2.a | head -n 1)" "$1/lib/"
    rm -rf "$1/wheel"
}

# What the web page reads Markdown with: one file out of a Debian package, which is not installed. The subscriber's program
# has it inside; without it, Markdown is shown as text.
fetch_markdown_it() {
    local package=libjs-markdown-it folder="$deps/page.new"
    [ ! -s "$deps/page/markdown-it.js" ] || return 0
    say "fetching $package"
    rm -rf "$folder"
    mkdir -p "$folder" "$deps/page"
    if download_package "$package" "$folder" && dpkg-deb -x "$folder"/*.deb "$folder" &&
        mv "$folder/usr/share/javascript/markdown-it/markdown-it.js" "$deps/page/"; then
        # The compiler did not see that it was missing.
        touch "$root/Sources/CPage/CPage.c"
    else
        say "there is no $package here: the web page will show Markdown as text"
    fi
    rm -rf "$folder"
}

download_package() { # NAME FOLDER; the lists of packages may be missing or old
    (cd "$2" && apt-get download -qq "$1" 2>/dev/null) && return
    { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; } && as_root apt-get update -qq &&
        (cd "$2" && apt-get download -qq "$1" 2>/dev/null)
}

install_test_tools() {
    local wanted=(
        "blosc2[fsspec]==$blosc2_wheel" "caterva2==$caterva2_wheel" numpy "playwright==$playwright_wheel"
        "prometheus-client==$prometheus_wheel" "axe-playwright-python==$axe_wheel"
    )
    [ "$(cat "$deps/python/bpubsub-tests" 2>/dev/null)" = "${wanted[*]}" ] && return
    make_python
    say "installing python packages for the tests: ${wanted[*]}"
    pip install "${wanted[@]}"
    echo "${wanted[*]}" >"$deps/python/bpubsub-tests"
}

check_swift
check_system
mkdir -p "$deps"
# Driven by Playwright, which brings none of its own.
case "${1:-}" in
--tests) packages+=(chromium shellcheck) ;;
--campaign) packages+=(chromium shellcheck faketime iproute2) ;;
esac
install_packages
name_msgpack
install_blosc2
fetch_markdown_it
case "${1:-}" in
"") ;;
--tests | --campaign) install_test_tools ;;
*) die "unknown argument '$1': there are only --tests and --campaign" ;;
esac
