import type {
  ExpressionSpecification,
  FilterSpecification,
  GeoJSONSource,
  LayerSpecification,
  Map as MapLibre,
} from 'maplibre-gl';
import type { Tokens } from '../look/tokens';
import type { Reach } from '../wire/planning';
import type { Over } from './city-map';
import { MAP_FONT } from './fonts';

/** What the planner's page draws: reaches, roads that would be closed, units, sites and posts by letter, townships. */
export interface PlanPicture {
  reaches: readonly Reach[];
  closed: readonly (readonly (readonly [number, number])[])[];
  marks: readonly { lon: number; lat: number; label: string; look: 'spot' | 'unit' | 'site' | 'post' }[];
  /** Townships with a word of their own, by name. */
  told: readonly { name: string; says: string; tone: 'better' | 'worse' | 'low' }[];
  /** The township that is looked at. */
  township: string | null;
  language: 'zh' | 'en';
}

export const NO_PLAN: PlanPicture = {
  reaches: [],
  closed: [],
  marks: [],
  told: [],
  township: null,
  language: 'zh',
};

const REACH = 'plan-reach';
const CLOSED = 'plan-closed';
const MARKS = 'plan-marks';
const TOWNSHIPS = 'jurisdictions';
const NOBODY = '\u0000';

type Features = { type: 'FeatureCollection'; features: object[] };
const collection = (features: object[]): Features => ({ type: 'FeatureCollection', features });

/** Draws it on one map; a second one stands on the second map. */
export class PlanOverlay implements Over {
  #map: MapLibre | null = null;
  #picture = NO_PLAN;

  put(map: MapLibre, tokens: Tokens): void {
    this.#map = map;
    for (const id of [REACH, CLOSED, MARKS])
      if (!map.getSource(id)) map.addSource(id, { type: 'geojson', data: collection([]) as never });
    const townships = map.getSource(TOWNSHIPS) === undefined ? [] : townshipLayers(tokens);
    const lines = townships.filter(({ type }) => type === 'line');
    const labels = townships.filter(({ type }) => type === 'symbol');
    for (const layer of [...lines, ...ownLayers(tokens)]) if (!map.getLayer(layer.id)) map.addLayer(layer);
    // Marks lie above all words.
    for (const layer of labels) if (!map.getLayer(layer.id)) map.addLayer(layer, 'plan-marks-ring');
    this.fill(this.#picture);
  }

  fill(picture: PlanPicture): void {
    this.#picture = picture;
    const map = this.#map;
    if (map === null || !map.getSource(REACH)) return;
    const set = (id: string, features: object[]) =>
      map.getSource<GeoJSONSource>(id)?.setData(collection(features) as never);
    // The longest first, so that the shorter lie above it.
    // Where many reaches lie above each other the ground must still be seen.
    const weight = 1 / Math.max(1, picture.reaches.length) ** 0.75;
    const reached = picture.reaches.flatMap(({ features }) =>
      features.map((one) => ({ ...one, properties: { ...one.properties, weight } })),
    );
    set(
      REACH,
      [...reached].sort((a, b) => b.properties.seconds - a.properties.seconds),
    );
    set(
      CLOSED,
      picture.closed.map((line) => ({
        type: 'Feature',
        properties: {},
        geometry: { type: 'LineString', coordinates: line },
      })),
    );
    set(
      MARKS,
      picture.marks.map(({ lon, lat, label, look }) => ({
        type: 'Feature',
        properties: { label, look },
        geometry: { type: 'Point', coordinates: [lon, lat] },
      })),
    );
    if (!map.getLayer('plan-township-told')) return;
    const names = picture.told.map(({ name }) => name);
    map.setFilter('plan-township-told', named(names));
    map.setFilter('plan-township-says', named(names));
    map.setFilter('plan-township-chosen', named([picture.township ?? NOBODY]));
    map.setLayoutProperty('plan-township-says', 'text-field', saying(picture));
  }

  /** How many things are drawn, by what they are. */
  drawn(): Record<string, number> {
    const { reaches, closed, marks, told } = this.#picture;
    return { reaches: reaches.length, closed: closed.length, marks: marks.length, told: told.length };
  }

  /** This map and another one look at the same place for as long as the page lives. */
  lock(other: PlanOverlay): void {
    const [one, two] = [this.#map, other.#map];
    if (one === null || two === null) return;
    let following = false;
    const follow = (from: MapLibre, to: MapLibre) => () => {
      if (following) return;
      following = true;
      to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
      following = false;
    };
    one.on('move', follow(one, two));
    two.on('move', follow(two, one));
    follow(one, two)();
  }
}

function named(names: readonly string[]): FilterSpecification {
  return [
    'all',
    ['==', ['get', 'level'], 'township'],
    ['in', ['get', 'name'], ['literal', names.length === 0 ? [NOBODY] : [...names]]],
  ] as FilterSpecification;
}

/** The name in the page's language, and what is said of it below. */
function saying({ told, language }: PlanPicture): ExpressionSpecification | string {
  if (told.length === 0) return '';
  const name = language === 'zh' ? ['get', 'name'] : ['coalesce', ['get', 'name_en'], ['get', 'name']];
  const cases = told.flatMap(({ name, says }) => [name, says]);
  return [
    'concat',
    name,
    '\n',
    ['match', ['get', 'name'], ...cases, ''],
  ] as unknown as ExpressionSpecification;
}

function townshipLayers(t: Tokens): LayerSpecification[] {
  const of = { source: TOWNSHIPS, 'source-layer': TOWNSHIPS } as const;
  return [
    {
      id: 'plan-township-told',
      type: 'line',
      ...of,
      filter: named([]),
      paint: { 'line-color': t.amber, 'line-width': 2.5, 'line-opacity': 0.9 },
    },
    {
      id: 'plan-township-chosen',
      type: 'line',
      ...of,
      filter: named([]),
      paint: { 'line-color': t.focus, 'line-width': 4 },
    },
    {
      id: 'plan-township-says',
      type: 'symbol',
      ...of,
      'source-layer': 'jurisdictions_labels',
      filter: named([]),
      layout: { 'text-field': '', 'text-font': [MAP_FONT], 'text-size': 13, 'text-allow-overlap': true },
      paint: { 'text-color': t.text, 'text-halo-color': t['map-halo'], 'text-halo-width': 2 },
    },
  ];
}

function ownLayers(t: Tokens): LayerSpecification[] {
  const look = (spot: string, unit: string, site: string, post: string): ExpressionSpecification => [
    'match',
    ['get', 'look'],
    'spot',
    spot,
    'unit',
    unit,
    'site',
    site,
    post,
  ];
  return [
    {
      id: 'plan-reach-fill',
      type: 'fill',
      source: REACH,
      paint: {
        'fill-color': t.select,
        'fill-opacity': ['*', ['get', 'weight'], ['match', ['get', 'seconds'], 180, 0.26, 300, 0.14, 0.08]],
      },
    },
    {
      id: 'plan-reach-line',
      type: 'line',
      source: REACH,
      paint: { 'line-color': t.select, 'line-width': ['match', ['get', 'seconds'], 180, 1.6, 300, 1, 0.6] },
    },
    {
      id: 'plan-closed-case',
      type: 'line',
      source: CLOSED,
      paint: { 'line-color': t['map-halo'], 'line-width': 9 },
    },
    {
      id: 'plan-closed-line',
      type: 'line',
      source: CLOSED,
      paint: { 'line-color': t.red, 'line-width': 5, 'line-dasharray': [1, 0.6] },
    },
    {
      id: 'plan-marks-ring',
      type: 'circle',
      source: MARKS,
      paint: {
        'circle-radius': 12,
        'circle-color': look(t.panel, t.select, t.panel, t['unit-scene']),
        'circle-stroke-width': 2.5,
        'circle-stroke-color': look(t.focus, t['map-halo'], t.select, t['map-halo']),
      },
    },
    {
      id: 'plan-marks-label',
      type: 'symbol',
      source: MARKS,
      layout: {
        'text-field': ['get', 'label'],
        'text-font': [MAP_FONT],
        'text-size': 12,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': look(t.text, t['on-select'], t.text, t['on-select']) },
    },
  ];
}
