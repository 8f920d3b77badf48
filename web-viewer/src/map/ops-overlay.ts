import type {
  ExpressionSpecification,
  FilterSpecification,
  GeoJSONSource,
  LayerSpecification,
  Map as MapLibre,
} from 'maplibre-gl';
import type { Tokens } from '../look/tokens';
import { MAP_FONT } from './fonts';
import type { Drawn, OpsPicture } from './ops-picture';

const source = (name: string) => `ops-${name}`;
const SOURCES: readonly (keyof OpsPicture)[] = [
  'left',
  'reach',
  'zone',
  'closure',
  'cone',
  'view',
  'sight',
  'route',
  'eta',
  'review',
  'camera',
  'badge',
  'draft',
  'incident',
];

/** Layers that a click asks about. */
export const INCIDENTS = 'ops-incident-shape';
export const CAMERAS = 'ops-camera-icon';
export const REVIEWED = 'ops-review-icon';

const is = (name: string, value: string | boolean): FilterSpecification => ['==', ['get', name], value];
const SHOWN_ALWAYS = { 'text-allow-overlap': true, 'text-ignore-placement': true } as const;
const ICON_ALWAYS = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
const FONT = { 'text-font': [MAP_FONT] };

/** How a camera's lines look: sees, sees after a turn, blocked, does not answer. */
const LOOKS = [
  { look: 'yes', dash: null, width: 2, opacity: 0.95 },
  { look: 'turn', dash: [5, 3], width: 1.5, opacity: 0.9 },
  { look: 'blocked', dash: [1, 2.5], width: 1.5, opacity: 0.9 },
  { look: 'off', dash: [1, 4], width: 1, opacity: 0.8 },
  { look: 'other', dash: [1, 4], width: 1, opacity: 0.6 },
] as const;

function lookColour(t: Tokens): ExpressionSpecification {
  return ['match', ['get', 'look'], ['yes', 'turn'], t.select, 'off', t['text-3'], t.camera];
}

/** A value for each of the four function keys. */
function corners(f1: unknown, f2: unknown, f3: unknown, f4: unknown): ExpressionSpecification {
  return ['match', ['get', 'label'], 'F1', f1, 'F2', f2, 'F3', f3, f4] as unknown as ExpressionSpecification;
}

/** A value for each look of a camera in the ring of review, and for where it begins. */
function of(
  free: unknown,
  taken: unknown,
  seen: unknown,
  not_seen: unknown,
  no_recording: unknown,
  start: unknown,
) {
  const looks = { free, taken, seen, not_seen, no_recording };
  return [
    'match',
    ['get', 'look'],
    ...Object.entries(looks).flat(),
    start,
  ] as unknown as ExpressionSpecification;
}

function below(t: Tokens): LayerSpecification[] {
  const colour = lookColour(t);
  const lines = LOOKS.flatMap(({ look, dash, width, opacity }) =>
    (['cone', 'sight'] as const).map(
      (name): LayerSpecification => ({
        id: `ops-${name}-${look}`,
        type: 'line',
        source: source(name),
        filter: is('look', look),
        paint: {
          'line-color': colour,
          'line-width': name === 'cone' ? width : width - 0.5,
          'line-opacity': name === 'cone' ? opacity : opacity * 0.6,
          ...(dash === null ? {} : { 'line-dasharray': [...dash] }),
        },
      }),
    ),
  );
  return [
    {
      id: 'ops-left-area',
      type: 'fill',
      source: source('left'),
      paint: { 'fill-color': t.amber, 'fill-opacity': 0.13 },
    },
    {
      id: 'ops-left-line',
      type: 'line',
      source: source('left'),
      paint: { 'line-color': t.amber, 'line-width': 1.5, 'line-dasharray': [1, 3] },
    },
    {
      id: 'ops-reach-area',
      type: 'fill',
      source: source('reach'),
      filter: ['!=', ['geometry-type'], 'LineString'],
      paint: { 'fill-color': t.select, 'fill-opacity': 0.08 },
    },
    {
      id: 'ops-reach-line',
      type: 'line',
      source: source('reach'),
      paint: { 'line-color': t.select, 'line-width': 1.5, 'line-opacity': 0.8 },
    },
    {
      id: 'ops-zone-area',
      type: 'fill',
      source: source('zone'),
      paint: { 'fill-color': t.red, 'fill-opacity': 0.12 },
    },
    {
      id: 'ops-zone-line',
      type: 'line',
      source: source('zone'),
      paint: { 'line-color': t.red, 'line-width': 2 },
    },
    {
      id: 'ops-closure-area',
      type: 'fill',
      source: source('closure'),
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': t.amber, 'fill-opacity': 0.12 },
    },
    {
      id: 'ops-closure-casing',
      type: 'line',
      source: source('closure'),
      paint: { 'line-color': t['map-halo'], 'line-width': 8 },
    },
    {
      id: 'ops-closure-line',
      type: 'line',
      source: source('closure'),
      paint: { 'line-color': t.amber, 'line-width': 5, 'line-dasharray': [0.8, 0.6] },
    },
    {
      id: 'ops-cone-fill',
      type: 'fill',
      source: source('cone'),
      filter: ['in', ['get', 'look'], ['literal', ['yes', 'turn']]],
      paint: {
        'fill-color': colour,
        'fill-opacity': ['case', is('look', 'yes') as ExpressionSpecification, 0.16, 0.06],
      },
    },
    ...lines,
    {
      id: 'ops-view-fill',
      type: 'fill',
      source: source('view'),
      paint: { 'fill-color': t.select, 'fill-opacity': 0.26 },
    },
    {
      id: 'ops-view-line',
      type: 'line',
      source: source('view'),
      paint: { 'line-color': t.select, 'line-width': 1 },
    },
    {
      id: 'ops-route-casing',
      type: 'line',
      source: source('route'),
      filter: is('road', true),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': t['map-halo'], 'line-width': 7 },
    },
    {
      id: 'ops-route-road',
      type: 'line',
      source: source('route'),
      filter: is('road', true),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': t['unit-free'], 'line-width': 3.5 },
    },
    {
      id: 'ops-route-straight',
      type: 'line',
      source: source('route'),
      filter: is('road', false),
      paint: { 'line-color': t['unit-free'], 'line-width': 2, 'line-dasharray': [3, 3] },
    },
  ];
}

function above(t: Tokens): LayerSpecification[] {
  const halo = { 'text-halo-color': t['map-halo'], 'text-halo-width': 2 };
  const colour = lookColour(t);
  const urgent: ExpressionSpecification = ['match', ['get', 'priority'], 1, t.p1, 2, t.p2, 3, t.p3, t.p4];
  return [
    {
      id: 'ops-left-label',
      type: 'symbol',
      source: source('left'),
      layout: { ...FONT, 'text-field': ['get', 'label'], 'text-size': 12 },
      paint: { ...halo, 'text-color': t.amber },
    },
    {
      id: 'ops-reach-label',
      type: 'symbol',
      source: source('reach'),
      layout: {
        ...FONT,
        ...SHOWN_ALWAYS,
        'text-field': ['get', 'label'],
        'text-size': 13,
        'symbol-placement': 'line',
        'symbol-spacing': 400,
      },
      paint: { ...halo, 'text-color': t.select },
    },
    {
      id: 'ops-zone-label',
      type: 'symbol',
      source: source('zone'),
      layout: { ...FONT, 'text-field': ['get', 'label'], 'text-size': 12, 'text-offset': [0, 2] },
      paint: { ...halo, 'text-color': t.red },
    },
    {
      id: 'ops-closure-label',
      type: 'symbol',
      source: source('closure'),
      layout: { ...FONT, 'text-field': ['get', 'label'], 'text-size': 12, 'symbol-placement': 'line-center' },
      paint: { ...halo, 'text-color': t.amber },
    },
    {
      id: 'ops-eta',
      type: 'symbol',
      source: source('eta'),
      layout: { ...FONT, ...SHOWN_ALWAYS, 'text-field': ['get', 'label'], 'text-size': 15 },
      paint: { ...halo, 'text-halo-width': 3, 'text-color': t['unit-free'] },
    },
    {
      id: REVIEWED,
      type: 'symbol',
      source: source('review'),
      layout: {
        ...FONT,
        ...ICON_ALWAYS,
        'symbol-sort-key': ['get', 'above'],
        'icon-image': of(
          'onemap-camera',
          'onemap-square',
          'onemap-diamond',
          'onemap-dot',
          'onemap-camera-off',
          'onemap-triangle',
        ),
        'icon-size': [
          '*',
          ['case', is('chosen', true) as ExpressionSpecification, 1.5, 1],
          of(0.75, 0.7, 1, 0.45, 0.75, 1),
        ] as ExpressionSpecification,
        'text-field': ['coalesce', ['get', 'label'], ''],
        'text-size': 11,
        'text-anchor': 'left',
        'text-offset': [0.8, 0],
        'text-optional': true,
      },
      paint: {
        ...halo,
        'icon-color': of(t.select, t['unit-way'], t.amber, t['text-2'], t['text-2'], t.focus),
        'icon-halo-color': t['map-halo'],
        'icon-halo-width': 1.5,
        'text-color': t.text,
      },
    },
    {
      id: CAMERAS,
      type: 'symbol',
      source: source('camera'),
      layout: {
        ...FONT,
        ...SHOWN_ALWAYS,
        ...ICON_ALWAYS,
        'icon-image': ['get', 'icon'],
        'icon-size': ['case', is('chosen', true) as ExpressionSpecification, 1.1, 0.8],
        'text-field': ['get', 'label'],
        'text-size': 12,
        // Cameras of one pole stand on one spot: each key has a corner of its own.
        'text-anchor': corners('bottom-right', 'bottom-left', 'top-right', 'top-left'),
        'text-offset': corners(
          ['literal', [-0.4, -0.3]],
          ['literal', [0.4, -0.3]],
          ['literal', [-0.4, 0.3]],
          ['literal', [0.4, 0.3]],
        ),
      },
      paint: {
        ...halo,
        'icon-color': colour,
        'icon-halo-color': t['map-halo'],
        'icon-halo-width': 1.5,
        'text-color': t.text,
      },
    },
    {
      id: 'ops-badge',
      type: 'symbol',
      source: source('badge'),
      layout: {
        ...FONT,
        ...SHOWN_ALWAYS,
        'text-field': ['get', 'label'],
        'text-size': 15,
        // Beside the ring of a unit; what stands for a heap of incidents is wider.
        'text-offset': [
          'case',
          is('heap', true) as ExpressionSpecification,
          ['literal', [1.9, -0.9]],
          ['literal', [1, -0.75]],
        ],
      },
      paint: {
        ...halo,
        'text-color': ['case', is('proposed', true) as ExpressionSpecification, t.select, t['text-2']],
      },
    },
    {
      id: 'ops-draft-ring',
      type: 'circle',
      source: source('draft'),
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 11,
        'circle-color': t.select,
        'circle-opacity': 0.25,
        'circle-stroke-width': 2.5,
        'circle-stroke-color': t.select,
      },
    },
    {
      id: 'ops-draft-rough',
      type: 'line',
      source: source('draft'),
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': t['text-2'], 'line-width': 1.5, 'line-dasharray': [4, 3] },
    },
    {
      id: 'ops-incident-ring',
      type: 'circle',
      source: source('incident'),
      filter: is('chosen', true),
      paint: {
        'circle-radius': 20,
        'circle-opacity': 0,
        'circle-stroke-width': 2.5,
        'circle-stroke-color': t.focus,
      },
    },
    {
      id: INCIDENTS,
      type: 'symbol',
      source: source('incident'),
      layout: {
        ...FONT,
        ...SHOWN_ALWAYS,
        ...ICON_ALWAYS,
        'symbol-sort-key': ['get', 'above'],
        'icon-image': [
          'match',
          ['get', 'priority'],
          1,
          'onemap-diamond',
          2,
          'onemap-triangle',
          3,
          'onemap-square',
          'onemap-dot',
        ],
        'icon-size': ['match', ['get', 'priority'], 1, 1.35, 2, 1.3, 3, 1, 0.9],
        'text-field': ['to-string', ['get', 'priority']],
        'text-size': 13,
        'text-offset': ['match', ['get', 'priority'], 2, ['literal', [0, 0.2]], ['literal', [0, 0]]],
      },
      paint: {
        'icon-color': urgent,
        'icon-halo-color': t['map-halo'],
        'icon-halo-width': 2,
        'text-color': t['on-select'],
      },
    },
  ];
}

/** Sources, and what lies below the units. */
export function addOpsBelow(map: MapLibre, tokens: Tokens): void {
  if (map.getSource(source('incident'))) return;
  for (const name of SOURCES) map.addSource(source(name), { type: 'geojson', data: collection([]) });
  for (const layer of below(tokens)) map.addLayer(layer);
}

/** What lies above the units: incidents last, so that nothing hides them. */
export function addOpsAbove(map: MapLibre, tokens: Tokens): void {
  if (map.getLayer(INCIDENTS)) return;
  for (const layer of above(tokens)) map.addLayer(layer);
}

/** Puts on the map what differs from what it has. */
export function fillOps(map: MapLibre, next: OpsPicture, had: OpsPicture | null): void {
  for (const name of SOURCES) {
    if (had?.[name] === next[name]) continue;
    if (had !== null && JSON.stringify(had[name]) === JSON.stringify(next[name])) continue;
    map.getSource<GeoJSONSource>(source(name))?.setData(collection(next[name]));
  }
}

function collection(drawn: readonly Drawn[]) {
  return {
    type: 'FeatureCollection' as const,
    features: drawn.map((one) => ({ type: 'Feature' as const, ...one })),
  };
}
