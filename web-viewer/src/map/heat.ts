import type { Map as MapLibre, RasterTileSource } from 'maplibre-gl';
import { HEAT_ZOOM, type HeatPictures } from '../state/heat';
import { absolute } from './style';

/** The source and its one layer; also what `onTilesMissing` calls it. */
export const HEAT = 'heat';

/** Puts pictures of heat on the map, below the layer `under`, or takes them away. `before` is what was on it. */
export function fillHeat(
  map: MapLibre,
  next: HeatPictures | null,
  before: HeatPictures | null,
  under: string | undefined,
): void {
  const source = map.getSource<RasterTileSource>(HEAT);
  if (next === null) {
    if (source !== undefined) map.removeLayer(HEAT).removeSource(HEAT);
    return;
  }
  const tiles = next.tiles.map(absolute);
  if (source === undefined) {
    map.addSource(HEAT, { type: 'raster', tiles, tileSize: 256 });
    map.addLayer(
      {
        id: HEAT,
        type: 'raster',
        source: HEAT,
        maxzoom: HEAT_ZOOM.gone,
        paint: {
          'raster-fade-duration': 0,
          'raster-opacity': ['interpolate', ['linear'], ['zoom'], HEAT_ZOOM.fades, 1, HEAT_ZOOM.gone, 0],
        },
      },
      under,
    );
  } else if (String(source.tiles) !== String(tiles)) source.setTiles(tiles);
  // The same addresses, and another day behind them.
  else if (before !== null && before.version !== next.version) map.refreshTiles(HEAT);
}
