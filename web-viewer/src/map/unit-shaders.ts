/** The unit layer's two programs. Places come relative to an anchor near them: see `unit-layer.ts`. */

/** Half the side of the square a unit is drawn in, CSS pixels: the ring, the pointer outside it, the choice ring. */
export const HALF_PX = 17;

export const UNIT_VERTEX = `#version 300 es
layout(location = 0) in vec2 corner;
layout(location = 1) in vec2 place;
layout(location = 2) in vec4 look; // shape, alpha, heading (below -9: none), chosen
uniform mat4 matrix;
uniform vec2 viewport;
out vec2 p;
flat out vec4 unit;
void main() {
  vec4 at = matrix * vec4(place, 0.0, 1.0);
  p = corner * ${HALF_PX.toFixed(1)};
  at.xy += p * 2.0 / viewport * at.w;
  gl_Position = at;
  unit = look;
}`;

/**
 * Signed distances, so that edges are as sharp at density 2 as at 1. Shape tells the state without colour:
 * ring = free, disc with arrow = on the way, disc with square = on scene, half disc = busy, dashed = stale.
 */
export const UNIT_FRAGMENT = `#version 300 es
precision highp float;
in vec2 p;
flat in vec4 unit;
uniform vec3 colours[5];
uniform vec3 ground;
uniform vec3 choice;
uniform float soft;
uniform float dots; // 1: far out, a dot of 6 px
uniform float bearing;
out vec4 colour;

float inside(float distance) { return 1.0 - smoothstep(-soft, soft, distance); }

float arrow(vec2 q, float base, float tip, float width) {
  float along = (q.y - base) / (tip - base);
  return max(abs(q.x) - width * (1.0 - along), max(base - q.y, q.y - tip));
}

void over(inout vec4 below, vec3 tint, float cover) {
  below = vec4(tint * cover, cover) + below * (1.0 - cover);
}

void main() {
  int shape = int(unit.x + 0.5);
  vec3 tint = colours[shape];
  float d = length(p);
  float heading = unit.z - bearing;
  vec2 q = unit.z < -9.0 ? p : vec2(p.x * cos(heading) - p.y * sin(heading), p.x * sin(heading) + p.y * cos(heading));
  vec4 sum = vec4(0.0);
  if (dots > 0.5) {
    over(sum, ground, inside(d - 4.0) * 0.7);
    over(sum, tint, shape == 4 ? inside(abs(d - 2.4) - 0.6) : inside(d - 3.0));
  } else {
    over(sum, ground, inside(d - 8.6) * 0.6);
    if (shape == 0) {
      over(sum, tint, inside(abs(d - 6.6) - 0.9));
    } else if (shape == 1) {
      over(sum, tint, inside(d - 7.5));
      over(sum, ground, inside(arrow(q, -3.2, 4.6, 3.6)));
    } else if (shape == 2) {
      over(sum, tint, inside(d - 7.5));
      over(sum, ground, inside(max(abs(p.x), abs(p.y)) - 2.8));
    } else if (shape == 3) {
      over(sum, tint, inside(abs(d - 6.6) - 0.9));
      over(sum, tint, inside(max(d - 6.6, p.y)));
    } else {
      float dash = step(0.45, fract(atan(p.y, p.x) / 6.2831853 * 8.0));
      over(sum, tint, inside(abs(d - 6.6) - 0.9) * dash);
    }
    if (unit.z > -9.0) {
      float pointer = arrow(q, 9.0, 14.5, 4.2);
      over(sum, ground, inside(pointer - 1.2) * 0.6);
      over(sum, tint, inside(pointer));
    }
  }
  sum *= unit.y;
  if (unit.w > 0.5) over(sum, choice, inside(abs(d - (dots > 0.5 ? 7.0 : 15.0)) - 1.0));
  if (sum.a < 0.004) discard;
  colour = sum;
}`;

export const LABEL_VERTEX = `#version 300 es
layout(location = 0) in vec2 corner;
layout(location = 1) in vec2 place;
layout(location = 2) in vec4 box;   // left, top, width, height in the atlas, device pixels
layout(location = 3) in float shift; // CSS pixels down from the unit; negative: above it
uniform mat4 matrix;
uniform vec2 viewport;
uniform float density;
uniform float side;
out vec2 at_atlas;
void main() {
  vec4 at = matrix * vec4(place, 0.0, 1.0);
  vec2 part = corner * 0.5 + 0.5;
  vec2 size = box.zw / density;
  vec2 px = vec2((part.x - 0.5) * size.x, (part.y - 0.5) * size.y - shift);
  at.xy += px * 2.0 / viewport * at.w;
  gl_Position = at;
  at_atlas = (box.xy + vec2(part.x, 1.0 - part.y) * box.zw) / side;
}`;

export const LABEL_FRAGMENT = `#version 300 es
precision highp float;
in vec2 at_atlas;
uniform sampler2D atlas;
out vec4 colour;
void main() {
  colour = texture(atlas, at_atlas);
  if (colour.a < 0.004) discard;
}`;
