/** What a desk puts on a wall; see `docs/wall.md`. */

/** A scene as the server tells it: what the wall shows, who sent it, since when and until when at most. */
export interface Scene {
  wall: string;
  view: { lon: number; lat: number; zoom: number };
  incident: string | null;
  /** Ids of cameras whose pictures the wall shows, at most four. */
  cameras: string[];
  /** Groups of layers that are drawn; null: as the wall has them. */
  layers: string[] | null;
  by: string;
  at: string;
  until: string;
}

/** A scene as a desk sends it. */
export interface SceneAsk {
  view: { lon: number; lat: number; zoom: number };
  incident?: string;
  cameras?: string[];
  layers?: string[];
}

/** A wall that the server knows: because one is connected, or because a scene is kept for it. */
export interface Wall {
  wall: string;
  /** How many screens of that name are connected to the server that was asked. */
  connected: number;
  scene: Scene | null;
}

/** An hour of the last 24; the last is not over yet. */
export interface TrendHour {
  from: string;
  reported: number;
  /** Where three of five days of the last four weeks lie at that hour. */
  usual: [low: number, high: number] | null;
}

/** Names of walls: `1` to `32`, the same rule as the server's. */
export function isWallName(name: string): boolean {
  return /^([1-9]|[12]\d|3[0-2])$/.test(name);
}
