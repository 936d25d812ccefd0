#!/bin/sh
# Writes what depends on settings to /tmp/proxy, then becomes nginx: `sh deploy/proxy/start.sh`.
#
#   PROXY_TLS               true: serve HTTPS with /secrets/tls_certificate and /secrets/tls_key
#   GRADER_TRUSTED_PROXIES  how many further proxies are in front; empty for none
set -eu
directory=/tmp/proxy
mkdir -p "$directory"

fail() {
    echo "The proxy cannot start: $1" >&2
    exit 1
}

case "${PROXY_TLS:-false}" in
    true)
        for file in /secrets/tls_certificate /secrets/tls_key; do
            [ -r "$file" ] || fail "PROXY_TLS is true, but $file cannot be read; docs/compose.md says how to store it."
        done
        # Plain HTTP to this port (497) is sent to HTTPS.
        cat >"$directory/listen.conf" <<'END'
listen 8080 ssl;
http2 on;
ssl_certificate /secrets/tls_certificate;
ssl_certificate_key /secrets/tls_key;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_session_cache shared:tls:10m;
error_page 497 =301 https://$http_host$request_uri;
END
        ;;
    false) echo "listen 8080;" >"$directory/listen.conf" ;;
    *) fail "PROXY_TLS must be true or false." ;;
esac

case "${GRADER_TRUSTED_PROXIES:-}" in
    "")
        # The web server trusts one proxy, this one: what a client sends in these headers is overwritten.
        cat >"$directory/forwarded.conf" <<'END'
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Forwarded-Host $http_host;
END
        ;;
    0) fail "GRADER_TRUSTED_PROXIES=0 would hide who calls from the web servers; remove it from .env." ;;
    # The headers of the proxies in front are passed on unchanged, as if this one were not there.
    *) : >"$directory/forwarded.conf" ;;
esac

servers=$(awk '$1 == "nameserver" { print ($2 ~ /:/) ? "[" $2 "]" : $2 }' /etc/resolv.conf | head -n 3 | tr '\n' ' ')
[ -n "$servers" ] || fail "/etc/resolv.conf names no nameserver."
echo "resolver ${servers}valid=1s ipv6=off; resolver_timeout 2s;" >"$directory/resolver.conf"

exec nginx -c "$PWD/deploy/proxy/nginx.conf" -e /dev/stderr
