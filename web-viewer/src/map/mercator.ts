import { EARTH_RADIUS_M } from '../state/place';

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

/** The place at a distance (metres) and bearing (radians clockwise from north) on the sphere: longitude, latitude. */
function toward(lon: number, lat: number, distance_m: number, bearing: number): [number, number] {
  const d = distance_m / EARTH_RADIUS_M;
  const lat1 = (lat * Math.PI) / 180;
  const sin2 = Math.sin(lat1) * Math.cos(d) + Math.cos(lat1) * Math.sin(d) * Math.cos(bearing);
  const lon2 = Math.atan2(
    Math.sin(bearing) * Math.sin(d) * Math.cos(lat1),
    Math.cos(d) - Math.sin(lat1) * sin2,
  );
  return [lon + (lon2 * 180) / Math.PI, (Math.asin(sin2) * 180) / Math.PI];
}

/** A ring of points at one distance, closed, for drawing the circle that was asked about. */
export function circle(lon: number, lat: number, radius_m: number, corners = 96): [number, number][] {
  return Array.from({ length: corners + 1 }, (_, i) =>
    toward(lon, lat, radius_m, ((i % corners) / corners) * 2 * Math.PI),
  );
}

/** The slice of that circle around an azimuth, closed over its middle; all of it for an opening of a full turn. */
export function sector(
  at: { lon: number; lat: number },
  azimuth_deg: number,
  angle_deg: number,
  range_m: number,
): [number, number][] {
  if (angle_deg >= 360) return circle(at.lon, at.lat, range_m);
  const steps = Math.max(2, Math.ceil(angle_deg / 4));
  const arc = Array.from({ length: steps + 1 }, (_, i) => {
    const deg = azimuth_deg - angle_deg / 2 + (angle_deg * i) / steps;
    return toward(at.lon, at.lat, range_m, (deg * Math.PI) / 180);
  });
  return [[at.lon, at.lat], ...arc, [at.lon, at.lat]];
}
