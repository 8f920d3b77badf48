import {
  type DataDrivenPropertyValueSpecification,
  type LngLatLike,
  Map as MapLibre,
  type MapOptions,
  type PointLike,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Unit } from '../live/apply';
import type { Tokens } from '../look/tokens';
import type { HeatPictures } from '../state/heat';
import type { Picture } from '../state/paper';
import type { StyleGroup } from '../wire/answers';
import type { Bounds } from '../wire/live';
import { fillHeat, HEAT } from './heat';
import { addIcons } from './icons';
import { addOpsAbove, addOpsBelow, CAMERAS, fillOps, INCIDENTS, REVIEWED } from './ops-overlay';
import { NO_PICTURE, type OpsPicture } from './ops-picture';
import { addOverlay, fillOverlay, type Overlay } from './overlay';
import { pictureOf } from './picture';
import { dressed, EMPTY_STYLE, groupOf, groupsOf, isLabel, textField } from './style';
import { UnitLayer } from './unit-layer';

type Language = 'zh' | 'en';
type Style = typeof EMPTY_STYLE;
type SymbolText = DataDrivenPropertyValueSpecification<string>;

/** Where the page looks before a style says better: at the world. */
const FIRST = { lon: 0, lat: 20, zoom: 1.5 };
/** The nearest that the whole of a city is looked at from, be it one house. */
const NEAREST_WHOLE = 16;
/** An item of a list is looked at from here, or from nearer if the map is nearer. */
const ITEM_ZOOM = 16.5;
/** The map's box is stretched with the page, so that a rem is this many of its own pixels at every scale. */
const REM_PX = 16;

export interface MapView {
  zoom: number;
  lat: number;
  lon: number;
}

export interface MapEvents {
  onClick(lon: number, lat: number): void;
  onPick(ids: string[]): void;
  /** An incident, or one of the cameras ranked for the chosen one. */
  onIncident(id: string): void;
  onCamera(fid: number): void;
  /** `meant`: somebody or the style chose this place, it is not only where the page began. */
  onMoved(view: MapView, bounds: Bounds, meant: boolean): void;
  onTilesMissing(sources: string[]): void;
  onLoggedOut(): void;
}

export interface CityMap {
  setStyle(style: Style, language: Language, shown: Readonly<Record<string, boolean>>): void;
  setLanguage(language: Language, title: string): void;
  /** Further letters have come: labels are drawn anew. */
  redraw(): void;
  setShown(shown: Readonly<Record<string, boolean>>): void;
  setTokens(tokens: Tokens): void;
  setUnits(units: Iterable<Unit>, now_ms: number, chosen: string | null): void;
  setOverlay(overlay: Overlay): void;
  setOps(picture: OpsPicture): void;
  /** Pictures of heat below all words; null: none. */
  setHeat(pictures: HeatPictures | null): void;
  /** How many things of operations are drawn, by source; `heat` is 1 while its layer is on the map. */
  operations(): Record<string, number>;
  /** What panels cover of each side, in rem: the middle of the map is the middle of what is seen. */
  setCovered(sides: { left: number; top: number; right: number; bottom: number }): void;
  /** A place is wanted: whatever lies under the pointer, a click is a click on the ground. */
  aim(on: boolean): void;
  setScale(scale: number): void;
  refresh(layer: string): void;
  /** Looks at a place from at least that near. */
  fly(lon: number, lat: number, zoom?: number): void;
  /** Looks there if it is out of sight. */
  see(lon: number, lat: number): void;
  zoomBy(by: number): void;
  /** All of the city; `cut`: at once, without an ease. */
  home(cut?: boolean): void;
  /** What is drawn now; null while there is nothing to draw with. */
  picture(): Picture | null;
  view(): MapView;
  bounds(): Bounds;
  goTo(view: MapView): void;
  /** Resolves when nothing is loading or moving. */
  idle(): Promise<void>;
  styled(): boolean;
}

export interface MapSetup {
  host: HTMLElement;
  view: MapView | null;
  tokens: Tokens;
  scale: number;
  title: string;
  events: MapEvents;
  /** What a page draws besides, above the units and below the incidents. */
  over?: Over;
}

/** Sources and layers of one page; put on again with every style. */
export interface Over {
  put(map: MapLibre, tokens: Tokens): void;
}

/** Makes the page's one map. Throws when the machine has no WebGL2; the caller says so and goes on without. */
export function makeCityMap(setup: MapSetup): CityMap {
  setWorkerUrl(workerUrl);
  const { host, events } = setup;
  let tokens = setup.tokens;
  let style: Style | null = null;
  let language: Language = 'zh';
  let shown: Readonly<Record<string, boolean>> = {};
  /** Between a lost WebGL context and its return MapLibre has no style: what is asked meanwhile is kept and put on then. */
  let lost = false;
  /** Our own layers lie above a style: between a new style and its `style.load` nothing can be put on. */
  let laid = false;
  /** How often further letters have come. */
  let more = 0;
  let groups: StyleGroup[] = [];
  let overlay: Overlay = { circle: null, outline: null, spot: null };
  let ops = NO_PICTURE;
  let heat: HeatPictures | null = null;
  let aiming = false;
  let placed = setup.view !== null;
  const missing = new Set<string>();
  const units = new UnitLayer(tokens);

  size(host, setup.scale);
  const start = setup.view ?? FIRST;
  const options: MapOptions = {
    container: host,
    style: EMPTY_STYLE,
    center: [start.lon, start.lat],
    zoom: start.zoom,
    pixelRatio: devicePixelRatio * setup.scale,
    attributionControl: { compact: true },
    // Labels are drawn upright from the page's own font; nothing here is asked of another machine.
    localIdeographFontFamily: '"Noto Sans SC", sans-serif',
    maxPitch: 0,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    locale: { 'Map.Title': setup.title },
  };
  const map = new MapLibre(options);
  map.addControl(new ScaleControl({ maxWidth: 120, unit: 'metric' }), 'bottom-left');
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();

  map.on('style.load', () => {
    laid = true;
    fillHeat(map, heat, null, firstWords());
    // A style MapLibre restored by itself still holds the overlay, and never the unit layer.
    addIcons(map);
    addOverlay(map, tokens);
    fillOverlay(map, overlay);
    addOpsBelow(map, tokens);
    if (!map.getLayer(units.id)) map.addLayer(units);
    setup.over?.put(map, tokens);
    addOpsAbove(map, tokens);
    fillOps(map, ops, null);
  });
  map.on('webglcontextlost', () => {
    lost = true;
    laid = false;
  });
  map.on('webglcontextrestored', () => {
    lost = false;
    putOn(style ?? EMPTY_STYLE);
  });
  map.on('click', ({ point, lngLat: { lng, lat } }) => {
    const thing = aiming ? null : under(point);
    const ids = thing === null && !aiming ? units.pick(lng, lat, map.getZoom()) : [];
    if (thing?.tag === 'incident') events.onIncident(thing.id);
    else if (thing?.tag === 'camera') events.onCamera(thing.fid);
    else if (ids.length > 0) events.onPick(ids);
    else events.onClick(lng, lat);
  });
  map.on('mousemove', ({ point, lngLat: { lng, lat } }) => {
    if (aiming) return;
    const hit = under(point) !== null || units.pick(lng, lat, map.getZoom()).length > 0;
    map.getCanvas().style.cursor = hit ? 'pointer' : '';
  });
  map.on('moveend', ({ originalEvent }) => {
    if (originalEvent) placed = true;
    events.onMoved(view(), bounds(), placed || style !== null);
  });
  map.on('error', (event) => {
    const { error, sourceId } = event as unknown as { error?: { status?: number }; sourceId?: string };
    if (error?.status === 401) events.onLoggedOut();
    else if (sourceId !== undefined) tilesTrouble(sourceId, true);
    else console.warn('map:', error);
  });
  map.on('sourcedata', (event) => {
    if (event.tile?.hasData?.() && event.sourceId) tilesTrouble(event.sourceId, false);
  });

  /** The incident or camera under the pointer; incidents lie above all. */
  function under(point: PointLike): { tag: 'incident'; id: string } | { tag: 'camera'; fid: number } | null {
    const some = ops.incident.length + ops.camera.length + ops.review.length > 0;
    if (lost || !some || !map.getLayer(INCIDENTS)) return null;
    const [found] = map.queryRenderedFeatures(point, { layers: [INCIDENTS, CAMERAS, REVIEWED] });
    if (found === undefined) return null;
    if (found.layer.id === INCIDENTS) return { tag: 'incident', id: String(found.properties.id) };
    // Where the ring begins is no camera.
    return found.properties.fid === undefined ? null : { tag: 'camera', fid: Number(found.properties.fid) };
  }

  function tilesTrouble(source: string, trouble: boolean): void {
    if (missing.has(source) === trouble) return;
    if (trouble) missing.add(source);
    else missing.delete(source);
    events.onTilesMissing([...missing]);
  }

  function view(): MapView {
    const { lng, lat } = map.getCenter();
    return { zoom: map.getZoom(), lat, lon: lng };
  }

  function bounds(): Bounds {
    const b = map.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  }

  /** Where all of the city is seen on this screen: its bounds, else what the style says for a usual screen. */
  function wholeOf({ metadata, center, zoom }: Style): { center: LngLatLike; zoom: number } | null {
    const bounds = (metadata as Record<string, unknown> | undefined)?.['onemap:bounds'];
    if (Array.isArray(bounds) && bounds.length === 4) {
      const padding = Math.min(map.getContainer().clientWidth, map.getContainer().clientHeight) / 16;
      const fit = map.cameraForBounds(bounds as [number, number, number, number], {
        padding,
        maxZoom: NEAREST_WHOLE,
      });
      if (fit?.center !== undefined && fit.zoom !== undefined) return { center: fit.center, zoom: fit.zoom };
    }
    return center && zoom !== undefined ? { center: center as [number, number], zoom } : null;
  }

  /** Ground and areas lie below it, words above. */
  function firstWords(): string | undefined {
    return style?.layers.find(({ type }) => type === 'symbol')?.id;
  }

  /** A cut where motion is unwanted; else an ease of under a second. */
  function look(center: LngLatLike, zoom: number): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) map.jumpTo({ center, zoom });
    else map.easeTo({ center, zoom, duration: 600 });
  }

  /** Without a diff, so that `style.load` comes and our own layers are put back above the new ones. */
  function putOn(next: Style): void {
    laid = false;
    if (!lost) map.setStyle(dressed(next, language, shown), { diff: false });
    units.show(shown.units !== false);
  }

  return {
    setStyle(next, inLanguage, withShown) {
      language = inLanguage;
      shown = withShown;
      const first = style === null;
      style = next;
      groups = groupsOf(next);
      if (missing.size > 0) {
        missing.clear();
        events.onTilesMissing([]);
      }
      putOn(next);
      const whole = first && !placed ? wholeOf(next) : null;
      if (whole !== null) map.jumpTo(whole);
    },
    redraw() {
      if (lost) return;
      // MapLibre keeps the letters of a font stack as they were first drawn; another stack of the same fonts has none.
      more += 1;
      for (const layer of style?.layers ?? []) {
        if (layer.type !== 'symbol' || !map.getLayer(layer.id)) continue;
        const fonts = layer.layout?.['text-font'];
        if (Array.isArray(fonts))
          map.setLayoutProperty(layer.id, 'text-font', fonts.concat(Array(more).fill('sans-serif')));
      }
    },
    setLanguage(next, title) {
      language = next;
      map.getCanvas().setAttribute('aria-label', title);
      if (lost) return;
      for (const layer of style?.layers ?? []) {
        if (!isLabel(layer) || layer.type !== 'symbol' || !map.getLayer(layer.id)) continue;
        const text = textField(layer.layout?.['text-field'], language);
        map.setLayoutProperty(layer.id, 'text-field', text as SymbolText);
      }
    },
    setShown(next) {
      shown = next;
      units.show(shown.units !== false);
      if (lost) return;
      for (const layer of style?.layers ?? []) {
        const group = groupOf(layer, groups);
        if (group === null || !map.getLayer(layer.id)) continue;
        map.setLayoutProperty(layer.id, 'visibility', shown[group] === false ? 'none' : 'visible');
      }
    },
    setTokens(next) {
      tokens = next;
      units.wear(next);
    },
    setUnits: (list, now_ms, chosen) => units.update(list, now_ms, chosen),
    setOverlay(next) {
      overlay = next;
      if (!lost) fillOverlay(map, next);
    },
    setOps(next) {
      if (!lost) fillOps(map, next, ops);
      ops = next;
    },
    setHeat(next) {
      if (laid) fillHeat(map, next, heat, firstWords());
      heat = next;
    },
    operations: () => ({
      ...Object.fromEntries(Object.entries(ops).map(([name, drawn]) => [name, drawn.length])),
      heat: laid && map.getLayer(HEAT) ? 1 : 0,
    }),
    setCovered({ left, top, right, bottom }) {
      map.setPadding({
        left: left * REM_PX,
        top: top * REM_PX,
        right: right * REM_PX,
        bottom: bottom * REM_PX,
      });
    },
    aim(on) {
      aiming = on;
      map.getCanvas().style.cursor = on ? 'crosshair' : '';
    },
    setScale(scale) {
      size(host, scale);
      map.setPixelRatio(devicePixelRatio * scale);
      map.resize();
    },
    refresh(layer) {
      if (!lost && map.getSource(layer)) map.refreshTiles(layer);
    },
    fly: (lon, lat, zoom = ITEM_ZOOM) => look([lon, lat], Math.max(zoom, map.getZoom())),
    see(lon, lat) {
      const { x, y } = map.project([lon, lat]);
      const { clientWidth, clientHeight } = map.getContainer();
      const { left, top, right, bottom } = map.getPadding();
      const inside =
        x > (left ?? 0) &&
        y > (top ?? 0) &&
        x < clientWidth - (right ?? 0) &&
        y < clientHeight - (bottom ?? 0);
      if (!inside) look([lon, lat], map.getZoom());
    },
    zoomBy: (by) => look(map.getCenter(), map.getZoom() + by),
    home(cut = false) {
      const { center, zoom } = (style && wholeOf(style)) ?? {
        center: [FIRST.lon, FIRST.lat],
        zoom: FIRST.zoom,
      };
      if (cut) map.jumpTo({ center, zoom });
      else look(center, zoom);
    },
    picture: () => (lost ? null : pictureOf(map)),
    view,
    bounds,
    goTo: ({ zoom, lat, lon }) => map.jumpTo({ center: [lon, lat], zoom }),
    async idle() {
      // A still, loaded map fires no further `idle`, so a repaint is asked for to hear one.
      const heard = map.once('idle');
      map.triggerRepaint();
      await heard;
    },
    styled: () => style !== null,
  };
}

/**
 * A wall is drawn by making the map's box smaller and stretching it: labels, lines and icons grow together, and the
 * pixel ratio grows with it, so that nothing is blurred.
 */
function size(host: HTMLElement, scale: number): void {
  host.style.width = `${100 / scale}%`;
  host.style.height = `${100 / scale}%`;
  host.style.transform = scale === 1 ? '' : `scale(${scale})`;
}
