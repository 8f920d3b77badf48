/** Web Mercator with the world from 0 to 1, y down: MapLibre's own plane, kept here so that picking needs no map. */
export function mercatorX(lon: number): number {
  return (lon + 180) / 360;
}

export function mercatorY(lat: number): number {
  const rad = (lat * Math.PI) / 180;
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + rad / 2)) / (2 * Math.PI);
}

/** MapLibre's tiles are 512 CSS pixels wide: the world's width at a zoom. */
export function worldSize_px(zoom: number): number {
  return 512 * 2 ** zoom;
}

const EARTH_RADIUS_M = 6_371_008.8;

/** A ring of points at one distance, closed, for drawing the circle that was asked about. */
export function circle(lon: number, lat: number, radius_m: number, corners = 96): [number, number][] {
  const ring: [number, number][] = [];
  const d = radius_m / EARTH_RADIUS_M;
  const lat1 = (lat * Math.PI) / 180;
  for (let i = 0; i <= corners; i += 1) {
    const bearing = ((i % corners) / corners) * 2 * Math.PI;
    const sin2 = Math.sin(lat1) * Math.cos(d) + Math.cos(lat1) * Math.sin(d) * Math.cos(bearing);
    const lon2 = Math.atan2(
      Math.sin(bearing) * Math.sin(d) * Math.cos(lat1),
      Math.cos(d) - Math.sin(lat1) * sin2,
    );
    ring.push([lon + (lon2 * 180) / Math.PI, (Math.asin(sin2) * 180) / Math.PI]);
  }
  return ring;
}
