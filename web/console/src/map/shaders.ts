/** The vehicle layer's two shaders: motion in the vertex stage, the four shapes as distance functions in the fragment stage. */

export const VERTEX = `#version 300 es
precision highp float;
precision highp int;
layout(location = 0) in ivec2 a_from;
layout(location = 1) in ivec2 a_to;
layout(location = 2) in float a_start;
layout(location = 3) in uvec4 a_kind; // heading, status, flags, glide in tenths of a second
uniform ivec2 u_center;
uniform mat4 u_matrix;
uniform float u_now;
uniform float u_size;
uniform float u_bearing;
uniform int u_shown;
flat out int v_status;
flat out float v_size;
flat out vec2 v_turn;
flat out int v_known;

void main() {
  v_status = int(a_kind.y) & 3;
  bool placed = (a_kind.z & 4u) != 0u;
  if (!placed || (u_shown & (1 << v_status)) == 0) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  float glide = float(a_kind.w) * 0.1;
  float part = glide > 0.0 ? clamp((u_now - a_start) / glide, 0.0, 1.0) : 1.0;
  // Integers first: the difference to the map's centre is exact at every zoom.
  vec2 at = mix(vec2(a_from - u_center), vec2(a_to - u_center), part) / 2147483648.0;
  gl_Position = u_matrix * vec4(at, 0.0, 1.0);
  v_size = v_status == 2 ? u_size * 0.82 : u_size;
  gl_PointSize = v_size;
  float angle = float(a_kind.x) * 6.283185307 / 256.0 - u_bearing;
  v_turn = vec2(cos(angle), sin(angle));
  v_known = (a_kind.z & 8u) != 0u ? 1 : 0;
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
flat in int v_status;
flat in float v_size;
flat in vec2 v_turn;
flat in int v_known;
uniform vec3 u_colour[4];
uniform vec3 u_edge;
uniform vec3 u_accent;
uniform float u_stale;
uniform float u_emphasis;
out vec4 colour;

float arrow(vec2 p) {
  vec2 v[4] = vec2[4](vec2(0.0, -0.80), vec2(0.60, 0.66), vec2(0.0, 0.36), vec2(-0.60, 0.66));
  float d = dot(p - v[0], p - v[0]);
  float side = 1.0;
  for (int i = 0, j = 3; i < 4; j = i, i++) {
    vec2 e = v[j] - v[i];
    vec2 w = p - v[i];
    vec2 b = w - e * clamp(dot(w, e) / dot(e, e), 0.0, 1.0);
    d = min(d, dot(b, b));
    bvec3 c = bvec3(p.y >= v[i].y, p.y < v[j].y, e.x * w.y > e.y * w.x);
    if (all(c) || all(not(c))) side = -side;
  }
  return side * sqrt(d);
}

float shape(vec2 p) {
  if (v_status == 0 && v_known == 1) {
    return arrow(vec2(v_turn.x * p.x + v_turn.y * p.y, -v_turn.y * p.x + v_turn.x * p.y));
  }
  if (v_status == 0) return max(length(p) - 0.56, 0.2 - length(p)); // under way, heading unknown
  if (v_status == 1) return length(p) - 0.5;
  if (v_status == 2) return abs(length(p) - 0.44) - 0.15;
  return (abs(p.x) + abs(p.y) - 0.78) * 0.7071;
}

void main() {
  vec2 p = gl_PointCoord * 2.0 - 1.0;
  float pixel = 2.0 / v_size;
  float scale = u_emphasis > 0.0 ? 1.6 : 1.0;
  float d = shape(p * scale) / scale;
  vec3 body = u_colour[v_status];
  body = mix(body, vec3(dot(body, vec3(0.299, 0.587, 0.114))), u_stale);
  float fill = 1.0 - smoothstep(-pixel * 0.5, pixel * 0.5, d);
  float edge = 1.0 - smoothstep(pixel * 1.0, pixel * 2.0, d);
  vec4 result = vec4(mix(u_edge, body, fill), 1.0) * edge;
  if (u_emphasis > 0.0) {
    float ring = abs(length(p) - 0.84) - 0.05;
    float line = (1.0 - smoothstep(-pixel * 0.5, pixel * 0.5, ring)) * u_emphasis;
    float glow = (1.0 - smoothstep(0.8, 0.84, length(p))) * 0.16 * u_emphasis;
    result = result + vec4(u_accent, 1.0) * (line + glow) * (1.0 - result.a);
  }
  if (result.a < 0.004) discard;
  colour = result * (1.0 - 0.35 * u_stale * (1.0 - u_emphasis));
}`;
