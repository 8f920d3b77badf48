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

/** Names of walls: the same rule as the server's. */
export function isWallName(name: string): boolean {
  return /^[a-z0-9-]{1,16}$/.test(name);
}
