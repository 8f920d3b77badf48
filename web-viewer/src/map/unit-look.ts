import type { Unit } from '../live/apply';
import { ageClass } from '../state/age';

/** Shapes of the unit layer, as its shader knows them. */
export const SHAPE = { free: 0, way: 1, scene: 2, busy: 3, stale: 4 } as const;
export type Shape = (typeof SHAPE)[keyof typeof SHAPE];

/** A heading below this speed is noise of the receiver, not a direction. */
const MOVING_MPS = 3 / 3.6;

export interface Look {
  shape: Shape;
  alpha: number;
  /** Radians clockwise from north, or null: no pointer. */
  heading: number | null;
}

/** How a unit is drawn now; null when its position is too old to be on a map at all. */
export function lookOf(unit: Unit, now_ms: number): Look | null {
  const age = ageClass(now_ms - unit.at_ms, unit.interval_s);
  if (age === 'gone') return null;
  const moving = unit.heading_deg !== null && unit.speed_mps !== null && unit.speed_mps > MOVING_MPS;
  const heading = moving && age !== 'stale' ? ((unit.heading_deg ?? 0) * Math.PI) / 180 : null;
  if (age === 'stale') return { shape: SHAPE.stale, alpha: 1, heading };
  return { shape: shapeOf(unit), alpha: age === 'fading' ? 0.7 : 1, heading };
}

function shapeOf(unit: Unit): Shape {
  if (unit.duty !== 'on_duty' && unit.duty !== '') return SHAPE.busy;
  switch (unit.availability) {
    case 'free':
    case 'soft':
      return SHAPE.free;
    case 'arrived':
    case 'on_scene':
      return SHAPE.scene;
    case 'reserved':
    case 'committed':
    case 'en_route':
      return SHAPE.way;
    default:
      return SHAPE.busy;
  }
}
