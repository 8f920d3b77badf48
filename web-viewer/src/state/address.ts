/** The view as the address keeps it, so that a reload or a crash comes back to the same place. */
export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface Address {
  view: View | null;
  /** Groups switched on; null when nobody has switched anything. */
  on: string[] | null;
}

/** Reads `#map=12.5/28.0001/120.6552&on=roads,cameras`; what cannot be read is left out. */
export function readAddress(hash: string): Address {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const on = params.get('on');
  return {
    view: readView(params.get('map')),
    on: on === null ? null : on.split(',').filter((id) => id !== ''),
  };
}

/** Five decimals are about a metre. Slashes and commas stay readable, so this is joined by hand. */
export function writeAddress(address: Address): string {
  const parts: string[] = [];
  const { view, on } = address;
  if (view !== null) parts.push(`map=${view.zoom.toFixed(2)}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`);
  if (on !== null) parts.push(`on=${on.map(encodeURIComponent).join(',')}`);
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

function readView(text: string | null): View | null {
  const parts = text?.split('/') ?? [];
  if (parts.length !== 3 || parts.some((part) => part.trim() === '')) return null;
  const [zoom, lat, lon] = parts.map(Number) as [number, number, number];
  if (!(zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180)) return null;
  return { zoom, lat, lon };
}

/** Puts a value into the question of the address, or takes it out. */
export function setQuery(name: string, value: string | null): void {
  const query = new URLSearchParams(location.search);
  if (value === null) query.delete(name);
  else query.set(name, value);
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text === '' ? '' : `?${text}`) + location.hash);
}

/** The token of `#token=…` that a screen without a keyboard is started with; null when there is none. */
export function readToken(hash: string): string | null {
  return /^#token=([0-9a-f]{64})$/.exec(hash)?.[1] ?? null;
}
