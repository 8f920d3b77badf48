/** Whether this machine can draw Chinese: one that cannot draws the same empty box for every letter. */
export function hasHan(): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = 24;
  canvas.height = 24;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) return true;
  const drawn = (letter: string) => {
    pen.clearRect(0, 0, 24, 24);
    pen.font = '20px system-ui, sans-serif';
    pen.fillText(letter, 2, 20);
    return pen.getImageData(0, 0, 24, 24).data.join();
  };
  return drawn('一') !== drawn('警');
}
