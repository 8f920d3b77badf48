/** The browser's receiver of positions, as `state/sharing.ts` wants it. */
import type { Receiver } from './state/sharing';
import type { Fix } from './wire/field';

const EXACT = { enableHighAccuracy: true, maximumAge: 0 };

export function makeReceiver(geolocation: Geolocation | undefined): Receiver {
  let heard: PositionCallback | null = null;
  let failed: PositionErrorCallback | null = null;
  return {
    watch(onFix, onTrouble) {
      heard = (position) => onFix(fixOf(position));
      failed = ({ code, PERMISSION_DENIED }) => onTrouble(code === PERMISSION_DENIED ? 'denied' : 'lost');
      const watch = geolocation?.watchPosition(heard, failed, { ...EXACT, timeout: 30_000 });
      return () => {
        if (watch !== undefined) geolocation?.clearWatch(watch);
        heard = null;
        failed = null;
      };
    },
    ask() {
      if (heard !== null) geolocation?.getCurrentPosition(heard, failed, { ...EXACT, timeout: 15_000 });
    },
  };
}

function fixOf({ coords, timestamp }: GeolocationPosition): Fix {
  const { longitude, latitude, accuracy, speed, heading } = coords;
  const known = (value: number | null) => (value === null || !Number.isFinite(value) ? null : value);
  return {
    lon: longitude,
    lat: latitude,
    at_ms: Math.round(timestamp),
    accuracy_m: known(accuracy),
    speed_mps: known(speed),
    heading_deg: known(heading),
  };
}
