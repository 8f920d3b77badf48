/** The map as a picture that can be printed or kept: what is drawn at this moment, with its scale and who made the ground. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Picture } from '../state/paper';

/** Rows of text and their gap below a picture, in parts of its width: read alike at every resolution. */
const LINE = 1 / 80;

/**
 * Draws the map anew and copies it within the same turn, as its own canvas is empty afterwards. Null where there is no
 * pen: then there is no picture.
 */
export function pictureOf(map: MapLibre): Picture | null {
  map.redraw();
  const drawn = map.getCanvas();
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  const pen = canvas.getContext('2d');
  if (pen === null) return null;
  pen.drawImage(drawn, 0, 0);
  drawScale(pen, map, drawn.width / Math.max(1, drawn.clientWidth));
  const credit = map.getContainer().querySelector('.maplibregl-ctrl-attrib-inner')?.textContent ?? '';
  return { canvas, credit: credit.trim() };
}

/** The bar that stands on the page beside the map, as part of the picture: paper has no page around it. */
function drawScale(pen: CanvasRenderingContext2D, map: MapLibre, ratio: number): void {
  const bar = map.getContainer().querySelector<HTMLElement>('.maplibregl-ctrl-scale');
  if (bar === null) return;
  const [width, line] = [bar.offsetWidth * ratio, 2 * ratio];
  const [x, y] = [12 * ratio, pen.canvas.height - 12 * ratio];
  pen.font = `${12 * ratio}px "Noto Sans SC", sans-serif`;
  const { color, backgroundColor } = getComputedStyle(bar);
  pen.fillStyle = backgroundColor;
  pen.fillRect(x - 6 * ratio, y - 20 * ratio, width + 12 * ratio, 26 * ratio);
  pen.fillStyle = color;
  pen.fillText(bar.textContent ?? '', x, y - 6 * ratio);
  pen.fillRect(x, y, width, line);
}

/** The picture with lines of words below it, for a file that is looked at without the page. */
export function framed({ canvas: picture }: Picture, lines: readonly string[]): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const size = Math.max(12, Math.round(picture.width * LINE));
  canvas.width = picture.width;
  canvas.height = picture.height + Math.round(size * (1 + 1.5 * lines.length));
  const pen = canvas.getContext('2d');
  if (pen === null) return canvas;
  pen.fillStyle = 'white';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0);
  pen.fillStyle = 'black';
  pen.font = `${size}px "Noto Sans SC", sans-serif`;
  pen.textBaseline = 'top';
  for (const [i, line] of lines.entries())
    pen.fillText(line, size, picture.height + size * (0.75 + 1.5 * i), canvas.width - 2 * size);
  return canvas;
}
