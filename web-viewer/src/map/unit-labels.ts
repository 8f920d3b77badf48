import type { Tokens } from '../look/tokens';
import { ATLAS_SIDE, LabelAtlas } from './label-atlas';
import { link, type Program } from './unit-gl';
import { LABEL_FRAGMENT, LABEL_VERTEX } from './unit-shaders';

export interface Frame {
  matrix: Float32Array;
  /** CSS pixels. */
  width: number;
  height: number;
  density: number;
}

export interface Label {
  text: string;
  x: number;
  y: number;
  above: boolean;
}

/** From the unit's middle to the label's, CSS pixels: past the ring of a chosen unit. */
const SHIFT_PX = 24;
/** More labels than this on one screen say nothing; the nearest of the list are drawn. */
const MOST = 400;
const FLOATS = 7;

/** Call signs beside units, from one picture, in one call. */
export class UnitLabels {
  #tokens: Tokens;
  #program: Program | null = null;
  #array: WebGLVertexArrayObject | null = null;
  #instances: WebGLBuffer | null = null;
  #texture: WebGLTexture | null = null;
  #atlas: LabelAtlas | null = null;
  #density = 0;
  #sent = -1;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  wear(tokens: Tokens): void {
    this.#tokens = tokens;
    this.#atlas = null;
  }

  onAdd(gl: WebGL2RenderingContext): void {
    this.#program = link(gl, LABEL_VERTEX, LABEL_FRAGMENT);
    this.#array = gl.createVertexArray();
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.#instances = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#instances);
    for (const [at, size, offset] of [
      [1, 2, 0],
      [2, 4, 2],
      [3, 1, 6],
    ] as const) {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, FLOATS * 4, offset * 4);
      gl.vertexAttribDivisor(at, 1);
    }
    gl.bindVertexArray(null);
    this.#texture = gl.createTexture();
    this.#sent = -1;
  }

  onRemove(gl: WebGL2RenderingContext): void {
    gl.deleteProgram(this.#program?.program ?? null);
    gl.deleteVertexArray(this.#array);
    gl.deleteBuffer(this.#instances);
    gl.deleteTexture(this.#texture);
    this.#program = null;
  }

  draw(gl: WebGL2RenderingContext, frame: Frame, labels: readonly Label[]): void {
    const program = this.#program;
    if (program === null || labels.length === 0) return;
    if (this.#atlas === null || this.#density !== frame.density) {
      this.#density = frame.density;
      this.#atlas = new LabelAtlas(frame.density, this.#tokens.text, this.#tokens['map-halo']);
      this.#sent = -1;
    }
    const atlas = this.#atlas;
    const rows = this.#rows(atlas, labels.slice(0, MOST));
    gl.useProgram(program.program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    if (this.#sent !== atlas.version) {
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, atlas.canvas);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
      this.#sent = atlas.version;
    }
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#instances);
    gl.bufferData(gl.ARRAY_BUFFER, rows, gl.STREAM_DRAW);
    gl.uniformMatrix4fv(program.at('matrix'), false, frame.matrix);
    gl.uniform2f(program.at('viewport'), frame.width, frame.height);
    gl.uniform1f(program.at('density'), frame.density);
    gl.uniform1f(program.at('side'), ATLAS_SIDE);
    gl.uniform1i(program.at('atlas'), 0);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, rows.length / FLOATS);
    gl.bindVertexArray(null);
  }

  /** A full picture is cleared once and filled with what is in view; what then still has no room has no label. */
  #rows(atlas: LabelAtlas, labels: readonly Label[]): Float32Array {
    if (labels.some(({ text }) => atlas.box(text) === null)) atlas.clear();
    const rows: number[] = [];
    for (const { text, x, y, above } of labels) {
      const box = atlas.box(text);
      if (box !== null) rows.push(x, y, ...box, above ? -SHIFT_PX : SHIFT_PX);
    }
    return new Float32Array(rows);
  }
}
