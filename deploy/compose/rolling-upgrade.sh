#!/bin/sh
# Upgrades a running deployment while people work: `sh deploy/compose/rolling-upgrade.sh`, after `git pull`.
#
# The new schema comes first, because the old programs work with it; then new web servers start beside the old ones,
# which finish what they are answering and end; then workers and scheduler are replaced. The proxy goes on.
set -eu
cd "$(dirname "$0")/../.."
old=$(docker compose ps --quiet web)
number=$(echo "$old" | wc -l)
workers=$(docker compose ps --quiet worker | wc -l)

docker compose build
docker compose run --rm --no-TTY migrate
docker compose up --detach --no-deps --no-recreate --wait --scale "web=$((2 * number))" web
for container in $old; do
    docker stop "$container" >/dev/null
    docker rm "$container" >/dev/null
done
docker compose up --detach --no-deps --wait --scale "worker=$workers" worker beat
docker compose ps
