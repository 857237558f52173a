#!/usr/bin/env bash
# Fetch the vendored packages anew from npm and compare them with the checksums kept here.
# A new version: change its line below, run, read the difference, commit the new folder and delete the old one.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# vendor PACKAGE VERSION NAME FILE...: copy the licence and the files of a package into NAME-VERSION/.
vendor() {
  local package=$1 version=$2 folder=$3-$2
  shift 3
  mkdir -p "$folder" "$work/$folder"
  tar -xzf "$work/$(cd "$work" && npm pack --silent "$package@$version")" -C "$work/$folder"
  for file in LICENSE "$@"; do cp "$work/$folder/package/$file" "$folder/"; done
  if [ -f "$folder/SHA256SUMS" ]; then
    (cd "$folder" && sha256sum --check --quiet SHA256SUMS) && echo "$folder: unchanged"
  else
    (cd "$folder" && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum > "$work/sums" && mv "$work/sums" SHA256SUMS)
    echo "$folder: new"
  fi
}

vendor @fontsource-variable/literata 5.3.0 literata \
  files/literata-latin-wght-normal.woff2 files/literata-latin-ext-wght-normal.woff2 files/literata-latin-wght-italic.woff2
vendor @fontsource-variable/atkinson-hyperlegible-next 5.3.0 atkinson-hyperlegible-next \
  files/atkinson-hyperlegible-next-latin-wght-normal.woff2 files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2
vendor htmx.org 4.0.1 htmx dist/htmx.min.js

# Faces that ingestion/specimens draws with; none is subset or renamed.
for face in unifrakturmaguntia cedarville-cursive dawning-of-a-new-day herr-von-muellerhoff la-belle-aurore marck-script \
  mr-de-haviland pinyon-script reenie-beanie special-elite; do
  vendor "@fontsource/$face" 5.3.0 "$face" "files/$face-latin-400-normal.woff"
done
vendor @fontsource/unifrakturcook 5.3.0 unifrakturcook files/unifrakturcook-latin-700-normal.woff
vendor @fontsource/old-standard-tt 5.3.0 old-standard-tt \
  files/old-standard-tt-latin-400-normal.woff files/old-standard-tt-latin-700-normal.woff
