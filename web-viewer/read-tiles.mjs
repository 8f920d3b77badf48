// Reads vector tiles with the library that the map's renderer uses, and says what it found, one line of JSON a tile:
// for each layer features, attributes, points, and the sum of all coordinates. The end-to-end tests compare that with
// what they read themselves.
//
//   node read-tiles.mjs FILE…
import { readFileSync } from 'node:fs'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'

const POLYGON = 3

for (const file of process.argv.slice(2)) {
  const tile = new VectorTile(new PbfReader(readFileSync(file)))
  const layers = {}
  for (const [name, layer] of Object.entries(tile.layers)) {
    const told = { features: layer.length, attributes: 0, points: 0, sum: 0 }
    for (let n = 0; n < layer.length; n++) {
      const feature = layer.feature(n)
      told.attributes += Object.keys(feature.properties).length
      for (const part of feature.loadGeometry()) {
        // A ring comes with its first point once more.
        const points = feature.type === POLYGON ? part.slice(0, -1) : part
        told.points += points.length
        for (const { x, y } of points) told.sum += x + y
      }
    }
    layers[name] = told
  }
  console.log(JSON.stringify(layers))
}
