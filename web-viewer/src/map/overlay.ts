import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Tokens } from '../look/tokens';
import type { MultiPolygon } from '../wire/answers';
import { circle } from './mercator';

const CIRCLE = 'own-circle';
const OUTLINE = 'own-outline';
const SPOT = 'own-spot';

/** What this page draws about a question: the circle asked, the outline people are counted for, the item chosen. */
export interface Overlay {
  circle: { lon: number; lat: number; radius_m: number } | null;
  outline: MultiPolygon | null;
  spot: { lon: number; lat: number } | null;
}

type Shape =
  | MultiPolygon
  | { type: 'LineString'; coordinates: [number, number][] }
  | { type: 'Point'; coordinates: [number, number] };

/** Sources and layers above the style's own and below the units. Still things, so GeoJSON sources are right here. */
export function addOverlay(map: MapLibre, tokens: Tokens): void {
  if (map.getSource(CIRCLE)) return;
  for (const id of [CIRCLE, OUTLINE, SPOT]) map.addSource(id, { type: 'geojson', data: collection(null) });
  map.addLayer({
    id: `${OUTLINE}-fill`,
    type: 'fill',
    source: OUTLINE,
    paint: { 'fill-color': tokens.select, 'fill-opacity': 0.06 },
  });
  map.addLayer({
    id: `${OUTLINE}-line`,
    type: 'line',
    source: OUTLINE,
    paint: { 'line-color': tokens['text-2'], 'line-width': 1.5, 'line-dasharray': [4, 3] },
  });
  map.addLayer({
    id: `${CIRCLE}-line`,
    type: 'line',
    source: CIRCLE,
    paint: { 'line-color': tokens.select, 'line-width': 2 },
  });
  map.addLayer({
    id: `${SPOT}-ring`,
    type: 'circle',
    source: SPOT,
    paint: {
      'circle-radius': 13,
      'circle-opacity': 0,
      'circle-stroke-width': 2.5,
      'circle-stroke-color': tokens.select,
    },
  });
}

export function fillOverlay(map: MapLibre, overlay: Overlay): void {
  const { circle: asked, outline, spot } = overlay;
  set(
    map,
    CIRCLE,
    asked && { type: 'LineString', coordinates: circle(asked.lon, asked.lat, asked.radius_m) },
  );
  set(map, OUTLINE, outline);
  set(map, SPOT, spot && { type: 'Point', coordinates: [spot.lon, spot.lat] });
}

function set(map: MapLibre, id: string, shape: Shape | null): void {
  map.getSource<GeoJSONSource>(id)?.setData(collection(shape));
}

function collection(shape: Shape | null) {
  return {
    type: 'FeatureCollection' as const,
    features: shape === null ? [] : [{ type: 'Feature' as const, properties: {}, geometry: shape }],
  };
}
