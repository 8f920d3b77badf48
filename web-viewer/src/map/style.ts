import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { StyleGroup } from '../wire/answers';

type Language = 'zh' | 'en';

/** Drawn while there is no style: nothing, so that the paper under the canvas is seen. */
export const EMPTY_STYLE: StyleSpecification = { version: 8, sources: {}, layers: [] };

/** Null when it is not a style at all. */
export function readStyle(value: unknown): StyleSpecification | null {
  const style = value as Partial<StyleSpecification> | null;
  if (style === null || typeof style !== 'object') return null;
  if (style.version !== 8 || typeof style.sources !== 'object' || !Array.isArray(style.layers)) return null;
  // Tile addresses may come without an origin; a worker has no page to resolve them against.
  const sources = Object.fromEntries(
    Object.entries(style.sources ?? {}).map(([id, source]) => [id, absoluteSource(source)]),
  );
  return { ...style, sources } as StyleSpecification;
}

function absoluteSource<T>(source: T): T {
  const out = { ...source } as T & { tiles?: string[]; url?: string };
  if (Array.isArray(out.tiles)) out.tiles = out.tiles.map(absolute);
  if (typeof out.url === 'string') out.url = absolute(out.url);
  return out;
}

export function absolute(address: string): string {
  return address.startsWith('/') ? location.origin + address : address;
}

/** The switchable groups: as the style lists them, else one for each name before the first `-` of its layers. */
export function groupsOf(style: StyleSpecification): StyleGroup[] {
  const listed = (style.metadata as Record<string, unknown> | undefined)?.['onemap:groups'];
  if (Array.isArray(listed))
    return (listed as StyleGroup[]).map((group) => ({ ...group, on: group.on !== false }));
  const names = new Set(style.layers.map(({ id }) => prefix(id)).filter((name) => name !== null));
  return [...names].map((name) => ({ id: name, layer: name, zh: '', en: '', on: true }));
}

/**
 * The group a style layer belongs to: named by its metadata `onemap:group`, else the longest group id its own id
 * starts with, else the group of its layer. Null for ground that cannot be switched.
 */
export function groupOf(layer: LayerSpecification, groups: readonly StyleGroup[]): string | null {
  const named = (layer.metadata as Record<string, unknown> | undefined)?.['onemap:group'];
  if (typeof named === 'string') return named;
  const byId = groups
    .filter(({ id }) => layer.id === id || layer.id.startsWith(`${id}-`))
    .sort((a, b) => b.id.length - a.id.length)[0];
  if (byId) return byId.id;
  return groups.find((group) => group.layer === prefix(layer.id))?.id ?? null;
}

function prefix(id: string): string | null {
  const at = id.indexOf('-');
  return at <= 0 ? null : id.slice(0, at);
}

export function isLabel(layer: LayerSpecification): boolean {
  return (layer.metadata as Record<string, unknown> | undefined)?.['onemap:label'] === true;
}

/** The style's own text is the Chinese one; English prefers `name_en` wherever it reads `name`. */
export function textField(own: unknown, language: Language): unknown {
  return language === 'zh' ? own : preferEnglish(own);
}

function preferEnglish(part: unknown): unknown {
  if (part === '{name}') return ENGLISH_NAME;
  if (!Array.isArray(part)) return part;
  if (part.length === 2 && part[0] === 'get' && part[1] === 'name') return ENGLISH_NAME;
  return part.map(preferEnglish);
}

const ENGLISH_NAME = ['coalesce', ['get', 'name_en'], ['get', 'name']];

/** The style as it is to be drawn first, so that nothing is drawn and then taken back. */
export function dressed(
  style: StyleSpecification,
  language: Language,
  shown: Readonly<Record<string, boolean>>,
): StyleSpecification {
  const groups = groupsOf(style);
  const layers = style.layers.map((layer) => {
    const group = groupOf(layer, groups);
    const visibility = group !== null && shown[group] === false ? 'none' : 'visible';
    const layout: Record<string, unknown> = { ...('layout' in layer ? layer.layout : {}), visibility };
    if (isLabel(layer) && 'text-field' in layout)
      layout['text-field'] = textField(layout['text-field'], language);
    return { ...layer, layout } as LayerSpecification;
  });
  return { ...style, layers };
}
