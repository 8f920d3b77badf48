import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from 'maplibre-gl';
import type { Unit } from '../live/apply';
import { rgb, type Tokens } from '../look/tokens';
import { Grid, type Spot } from './grid';
import { mercatorX, mercatorY, worldSize_px } from './mercator';
import { link, shifted } from './unit-gl';
import { UnitLabels } from './unit-labels';
import { lookOf } from './unit-look';
import { UNIT_FRAGMENT, UNIT_VERTEX } from './unit-shaders';

/** Below this zoom units are dots, from `LABEL_ZOOM` they carry their call sign. */
const RING_ZOOM = 11.5;
const LABEL_ZOOM = 14;
/** place x, y, then shape, alpha, heading, chosen */
const FLOATS = 6;
/** A pointer is this wide: two units nearer than that cannot be told apart. */
const PICK_PX = 14;

/**
 * Draws all units in one call. A symbol layer fed by `setData` costs the page about 180 ms for each tick with
 * 5,000 units; this costs next to nothing, as a tick only fills one array.
 *
 * Places are kept relative to an anchor among the units, and the anchor goes into the matrix in double precision:
 * a plain 32-bit Mercator number is 2.4 m wide, which shakes at street level.
 */
export class UnitLayer implements CustomLayerInterface {
  readonly id = 'units-own';
  readonly type = 'custom';
  readonly renderingMode = '2d';

  #map: MapLibre | null = null;
  #program: ReturnType<typeof link> | null = null;
  #array: WebGLVertexArrayObject | null = null;
  #instances: WebGLBuffer | null = null;
  #labels: UnitLabels;
  #tokens: Tokens;
  #data = new Float32Array(0);
  #spots: Spot[] = [];
  #grid = new Grid([]);
  #drawn: { unit: Unit; south: boolean }[] = [];
  #anchor: [number, number] = [0, 0];
  #dirty = true;
  #visible = true;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    this.#labels = new UnitLabels(tokens);
  }

  /** Takes the units as they are now. Nothing is drawn when nothing looks different. */
  update(units: Iterable<Unit>, now_ms: number, chosen: string | null): void {
    const spots: Spot[] = [];
    const drawn: { unit: Unit; south: boolean }[] = [];
    const rows: number[] = [];
    for (const unit of units) {
      const look = lookOf(unit, now_ms);
      if (look === null) continue;
      const spot = { id: unit.id, x: mercatorX(unit.lon), y: mercatorY(unit.lat) };
      if (spots.length === 0) this.#anchor = [spot.x, spot.y];
      spots.push(spot);
      drawn.push({ unit, south: look.heading !== null && Math.cos(look.heading) < 0 });
      rows.push(spot.x - this.#anchor[0], spot.y - this.#anchor[1]);
      rows.push(look.shape, look.alpha, look.heading ?? -10, unit.id === chosen ? 1 : 0);
    }
    const data = new Float32Array(rows);
    this.#spots = spots;
    this.#drawn = drawn;
    this.#grid = new Grid(spots);
    if (same(data, this.#data)) return;
    this.#data = data;
    this.#dirty = true;
    if (this.#visible) this.#map?.triggerRepaint();
  }

  show(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#map?.triggerRepaint();
  }

  wear(tokens: Tokens): void {
    this.#tokens = tokens;
    this.#labels.wear(tokens);
    this.#map?.triggerRepaint();
  }

  /** Ids of the units under a place, nearest first; none while the layer is off. */
  pick(lon: number, lat: number, zoom: number): string[] {
    if (!this.#visible) return [];
    return this.#grid.near(mercatorX(lon), mercatorY(lat), PICK_PX / worldSize_px(zoom)).map(({ id }) => id);
  }

  onAdd(map: MapLibre, gl: WebGL2RenderingContext): void {
    this.#map = map;
    this.#program = link(gl, UNIT_VERTEX, UNIT_FRAGMENT);
    this.#array = gl.createVertexArray();
    gl.bindVertexArray(this.#array);
    const corners = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, corners);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.#instances = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#instances);
    for (const [at, size, offset] of [
      [1, 2, 0],
      [2, 4, 2],
    ] as const) {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, FLOATS * 4, offset * 4);
      gl.vertexAttribDivisor(at, 1);
    }
    gl.bindVertexArray(null);
    this.#labels.onAdd(gl);
    this.#dirty = true;
  }

  onRemove(_map: MapLibre, gl: WebGL2RenderingContext): void {
    gl.deleteProgram(this.#program?.program ?? null);
    gl.deleteVertexArray(this.#array);
    gl.deleteBuffer(this.#instances);
    this.#labels.onRemove(gl);
    this.#map = null;
    this.#program = null;
  }

  render(gl: WebGL2RenderingContext, input: CustomRenderMethodInput): void {
    const map = this.#map;
    const program = this.#program;
    const count = this.#spots.length;
    if (map === null || program === null || !this.#visible || count === 0) return;
    const canvas = map.getCanvas();
    const density = map.getPixelRatio();
    const frame = {
      matrix: shifted(input.defaultProjectionData.mainMatrix, this.#anchor[0], this.#anchor[1]),
      width: canvas.width / density,
      height: canvas.height / density,
      density,
    };
    const zoom = map.getZoom();
    gl.useProgram(program.program);
    gl.bindVertexArray(this.#array);
    if (this.#dirty) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#instances);
      gl.bufferData(gl.ARRAY_BUFFER, this.#data, gl.DYNAMIC_DRAW);
      this.#dirty = false;
    }
    gl.uniformMatrix4fv(program.at('matrix'), false, frame.matrix);
    gl.uniform2f(program.at('viewport'), frame.width, frame.height);
    gl.uniform3fv(program.at('colours'), this.#colours());
    gl.uniform3fv(program.at('ground'), rgb(this.#tokens['map-halo']));
    gl.uniform3fv(program.at('choice'), rgb(this.#tokens.select));
    gl.uniform1f(program.at('soft'), 0.7 / density);
    gl.uniform1f(program.at('dots'), zoom < RING_ZOOM ? 1 : 0);
    gl.uniform1f(program.at('bearing'), (map.getBearing() * Math.PI) / 180);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
    gl.bindVertexArray(null);
    if (zoom >= LABEL_ZOOM) this.#labels.draw(gl, frame, this.#inView(map));
  }

  #colours(): Float32Array {
    const t = this.#tokens;
    const order = [t['unit-free'], t['unit-way'], t['unit-scene'], t['unit-busy'], t['unit-stale']];
    return new Float32Array(order.flatMap(rgb));
  }

  #inView(map: MapLibre): { text: string; x: number; y: number; above: boolean }[] {
    const bounds = map.getBounds();
    const out: { text: string; x: number; y: number; above: boolean }[] = [];
    this.#drawn.forEach(({ unit, south }, i) => {
      const spot = this.#spots[i];
      if (spot === undefined || !bounds.contains([unit.lon, unit.lat])) return;
      // The label stands on the side away from the heading, so that it never hides the pointer.
      out.push({
        text: unit.call_sign,
        x: spot.x - this.#anchor[0],
        y: spot.y - this.#anchor[1],
        above: south,
      });
    });
    return out;
  }
}

function same(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
