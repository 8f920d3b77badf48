import { MAP_FONT } from './fonts';

/** Side of the atlas in device pixels; some 700 call signs at density 1, 180 at density 2. */
export const ATLAS_SIDE = 1024;
const TYPE_PX = 12;
const HALO_PX = 3;
const ROW_PX = 20;

/** Left, top, width and height of one call sign in the atlas, device pixels. */
export type Box = readonly [number, number, number, number];

/**
 * Call signs, each drawn once into one picture. Full means cleared and begun again with what is asked next: only
 * the units in view from zoom 14 are asked for, so that this is rare.
 */
export class LabelAtlas {
  readonly canvas = document.createElement('canvas');
  readonly #boxes = new Map<string, Box>();
  readonly #pen: CanvasRenderingContext2D;
  readonly #density: number;
  readonly #ink: string;
  readonly #halo: string;
  #left = 0;
  #top = 0;
  /** Grows with each new drawing: the texture is sent again when it has changed. */
  version = 0;

  constructor(density: number, ink: string, halo: string) {
    this.canvas.width = ATLAS_SIDE;
    this.canvas.height = ATLAS_SIDE;
    const pen = this.canvas.getContext('2d');
    if (pen === null) throw new Error('failed to get a 2d canvas for call signs');
    this.#pen = pen;
    this.#density = density;
    this.#ink = ink;
    this.#halo = halo;
  }

  box(text: string): Box | null {
    return this.#boxes.get(text) ?? this.#draw(text);
  }

  /** Null when the picture is full; the caller clears it and asks again with its next drawing. */
  #draw(text: string): Box | null {
    const { canvas } = this;
    const density = this.#density;
    const pen = this.#pen;
    pen.font = `400 ${TYPE_PX * density}px "${MAP_FONT}", sans-serif`;
    const width = Math.min(ATLAS_SIDE, Math.ceil(pen.measureText(text).width + HALO_PX * 2 * density));
    const height = Math.ceil(ROW_PX * density);
    if (this.#left + width > canvas.width) {
      this.#left = 0;
      this.#top += height;
    }
    if (this.#top + height > canvas.height) return null;
    const box: Box = [this.#left, this.#top, width, height];
    pen.textBaseline = 'middle';
    pen.lineJoin = 'round';
    pen.lineWidth = HALO_PX * density;
    pen.strokeStyle = this.#halo;
    pen.fillStyle = this.#ink;
    const x = box[0] + HALO_PX * density;
    const y = box[1] + height / 2;
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
    this.#left += width;
    this.#boxes.set(text, box);
    this.version += 1;
    return box;
  }

  clear(): void {
    this.#pen.clearRect(0, 0, ATLAS_SIDE, ATLAS_SIDE);
    this.#boxes.clear();
    this.#left = 0;
    this.#top = 0;
    this.version += 1;
  }
}
