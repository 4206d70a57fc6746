/**
 * The vehicle layer (车辆图层): all vehicles in one draw call, 24 bytes a vehicle, moved by the shader.
 * A delta costs one upload of the touched range; a frame costs none.
 */

import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from 'maplibre-gl';
import { drawnAt, type Fleet, hasPosition } from '../live/fleet';
import type { Datum } from './gcj';
import { WORLD } from './mercator';
import { FRAGMENT, VERTEX } from './shaders';

const RECORD = 24;
const UNSHIFTED = [0, 0] as const;
/** So many vehicles in view are drawn at full size. */
const COMFORTABLE = 1500;

export interface VehicleLook {
  colours: [number, number, number][];
  edge: [number, number, number];
  accent: [number, number, number];
}

export interface VehicleLayer extends CustomLayerInterface {
  /** Vehicles of these slots changed; `null`: all of them. */
  update: (slots: Uint32Array | null) => void;
  setLook: (look: VehicleLook) => void;
  /** A bit a status: which are drawn. */
  setShown: (mask: number) => void;
  setStale: (stale: boolean) => void;
  /** How many vehicles are in view: a crowd is drawn smaller, so that the map can be seen between them. */
  setCrowd: (inView: number) => void;
  /** Slots drawn again on top, with a ring: the selected one at full strength, the hovered one lighter. */
  setEmphasis: (selected: number | null, hovered: number | null) => void;
}

type Uniforms = Record<string, WebGLUniformLocation | null>;

/** `now` is the clock of `Fleet.changedAt`, in ms; `shift` is that of the map's datum. */
export function vehicleLayer(fleet: Fleet, now: () => number, still: () => boolean, shift: Datum['shift']): VehicleLayer {
  const epoch = now();
  let map: MapLibre | null = null;
  let context: WebGL2RenderingContext | null = null;
  let program: WebGLProgram | null = null;
  let uniforms: Uniforms = {};
  let vehicles: WebGLBuffer | null = null;
  let emphasised: WebGLBuffer | null = null;
  let vertexArrays: [WebGLVertexArrayObject | null, WebGLVertexArrayObject | null] = [null, null];
  let records = new ArrayBuffer(0);
  let ints = new Int32Array(records);
  let floats = new Float32Array(records);
  let bytes = new Uint8Array(records);
  let dirty: [number, number] | null = null;
  let look: VehicleLook = { colours: [], edge: [1, 1, 1], accent: [0, 0, 1] };
  let shown = 15;
  let stale = false;
  let crowding = 1;
  let selected: number | null = null;
  let hovered: number | null = null;
  let movingUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function write(slot: number): void {
    const word = slot * 6;
    const x = fleet.x[slot]!;
    const y = fleet.y[slot]!;
    // The fleet stays in WGS-84, as deltas speak of it; over the way between two fixes the shift is as good as constant.
    const [dx, dy] = shift ? shift(x, y) : UNSHIFTED;
    ints[word] = fleet.fromX[slot]! + dx;
    ints[word + 1] = fleet.fromY[slot]! + dy;
    ints[word + 2] = x + dx;
    ints[word + 3] = y + dy;
    floats[word + 4] = (fleet.changedAt[slot]! - epoch) / 1000;
    const at = slot * RECORD + 20;
    bytes[at] = fleet.heading[slot]!;
    bytes[at + 1] = fleet.status[slot]!;
    bytes[at + 2] = fleet.flags[slot]!;
    bytes[at + 3] = still() ? 0 : Math.round(fleet.glide[slot]! / 100);
    const end = fleet.changedAt[slot]! + fleet.glide[slot]!;
    if (end > movingUntil) movingUntil = end;
  }

  function update(slots: Uint32Array | null): void {
    if (records.byteLength < fleet.capacity * RECORD) {
      records = new ArrayBuffer(fleet.capacity * RECORD);
      ints = new Int32Array(records);
      floats = new Float32Array(records);
      bytes = new Uint8Array(records);
      slots = null;
      dirty = null;
    }
    let low = Infinity;
    let high = -1;
    if (slots) {
      for (const slot of slots) {
        write(slot);
        if (slot < low) low = slot;
        if (slot > high) high = slot;
      }
    } else {
      for (let slot = 0; slot < fleet.count; slot++) write(slot);
      low = 0;
      high = fleet.count - 1;
    }
    if (high >= low) dirty = dirty ? [Math.min(dirty[0], low), Math.max(dirty[1], high)] : [low, high];
    map?.triggerRepaint();
  }

  let uploaded = 0;
  function upload(gl: WebGL2RenderingContext): void {
    if (!dirty) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, vehicles);
    if (uploaded < records.byteLength) {
      gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
      uploaded = records.byteLength;
    } else {
      const from = dirty[0] * RECORD;
      gl.bufferSubData(gl.ARRAY_BUFFER, from, bytes, from, (dirty[1] - dirty[0] + 1) * RECORD);
    }
    dirty = null;
  }

  function describe(gl: WebGL2RenderingContext, buffer: WebGLBuffer | null): WebGLVertexArrayObject | null {
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    for (let at = 0; at < 4; at++) gl.enableVertexAttribArray(at);
    gl.vertexAttribIPointer(0, 2, gl.INT, RECORD, 0);
    gl.vertexAttribIPointer(1, 2, gl.INT, RECORD, 8);
    gl.vertexAttribPointer(2, 1, gl.FLOAT, false, RECORD, 16);
    gl.vertexAttribIPointer(3, 4, gl.UNSIGNED_BYTE, RECORD, 20);
    gl.bindVertexArray(null);
    return array;
  }

  /** Asks for the next frame no sooner than a car has moved a part of a pixel. */
  function scheduleNext(zoom: number, lat: number): void {
    clearTimeout(timer);
    if (still() || now() > movingUntil) return;
    const metresAPixel = (78_271.5 * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom;
    const pixelsASecond = 20 / metresAPixel;
    timer = setTimeout(() => map?.triggerRepaint(), Math.min(1000, Math.max(16, 300 / pixelsASecond)));
  }

  function drawEmphasis(gl: WebGL2RenderingContext, slot: number, strength: number, size: number): void {
    if (slot >= fleet.count || !hasPosition(fleet, slot)) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, emphasised);
    gl.bufferData(gl.ARRAY_BUFFER, bytes.subarray(slot * RECORD, (slot + 1) * RECORD), gl.STREAM_DRAW);
    gl.uniform1f(uniforms.u_size!, size * 1.6);
    gl.uniform1f(uniforms.u_emphasis!, strength);
    gl.uniform1i(uniforms.u_shown!, 15);
    gl.bindVertexArray(vertexArrays[1]);
    gl.drawArrays(gl.POINTS, 0, 1);
  }

  return {
    id: 'vehicles',
    type: 'custom',
    renderingMode: '2d',
    update,
    setLook: (next) => {
      look = next;
      map?.triggerRepaint();
    },
    setShown: (mask) => {
      shown = mask;
      map?.triggerRepaint();
    },
    setCrowd: (inView) => {
      crowding = Math.min(1, Math.max(0.4, Math.sqrt(COMFORTABLE / Math.max(1, inView))));
    },
    setStale: (next) => {
      if (next === stale) return;
      stale = next;
      map?.triggerRepaint();
    },
    setEmphasis: (nextSelected, nextHovered) => {
      selected = nextSelected;
      hovered = nextHovered;
      map?.triggerRepaint();
    },
    onAdd(owner, gl) {
      if (!(gl instanceof WebGL2RenderingContext)) throw new Error('the map needs WebGL 2');
      map = owner;
      context = gl;
      program = link(gl);
      uniforms = {};
      for (const name of ['u_center', 'u_matrix', 'u_now', 'u_size', 'u_bearing', 'u_shown', 'u_colour', 'u_edge', 'u_accent', 'u_stale', 'u_emphasis']) {
        uniforms[name] = gl.getUniformLocation(program, name);
      }
      vehicles = gl.createBuffer();
      emphasised = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, vehicles);
      vertexArrays = [describe(gl, vehicles), describe(gl, emphasised)];
      uploaded = 0;
      dirty = null;
      update(null);
    },
    onRemove() {
      clearTimeout(timer);
      if (context) {
        context.deleteProgram(program);
        context.deleteBuffer(vehicles);
        context.deleteBuffer(emphasised);
        for (const array of vertexArrays) context.deleteVertexArray(array);
      }
      map = context = null;
    },
    render(gl, input: CustomRenderMethodInput) {
      if (!map || !program || fleet.count === 0 || !(gl instanceof WebGL2RenderingContext)) return;
      upload(gl);
      const center = map.getCenter();
      const sin = Math.sin((center.lat * Math.PI) / 180);
      const x = (center.lng + 180) / 360;
      const y = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
      const fixed = [Math.round(x * WORLD), Math.round(y * WORLD)] as const;
      const zoom = map.getZoom();
      const size = pointSize(zoom) * crowding * (window.devicePixelRatio || 1);
      gl.useProgram(program);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      gl.disable(gl.DEPTH_TEST);
      gl.disable(gl.STENCIL_TEST);
      gl.uniformMatrix4fv(uniforms.u_matrix!, false, moved(input.defaultProjectionData.mainMatrix, fixed[0] / WORLD, fixed[1] / WORLD));
      gl.uniform2i(uniforms.u_center!, fixed[0], fixed[1]);
      gl.uniform1f(uniforms.u_now!, (now() - epoch) / 1000);
      gl.uniform1f(uniforms.u_size!, size);
      gl.uniform1f(uniforms.u_bearing!, (map.getBearing() * Math.PI) / 180);
      gl.uniform1i(uniforms.u_shown!, shown);
      gl.uniform3fv(uniforms.u_colour!, look.colours.flat());
      gl.uniform3fv(uniforms.u_edge!, look.edge);
      gl.uniform3fv(uniforms.u_accent!, look.accent);
      gl.uniform1f(uniforms.u_stale!, stale ? 1 : 0);
      gl.uniform1f(uniforms.u_emphasis!, 0);
      gl.bindVertexArray(vertexArrays[0]);
      gl.drawArrays(gl.POINTS, 0, fleet.count);
      if (hovered !== null && hovered !== selected) drawEmphasis(gl, hovered, 0.6, Math.max(size, 22));
      if (selected !== null) drawEmphasis(gl, selected, 1, Math.max(size, 26));
      gl.bindVertexArray(null);
      scheduleNext(zoom, center.lat);
    },
  };
}

/** Dots over the region, shapes over the city, arrows over a street. */
export function pointSize(zoom: number): number {
  if (zoom < 8) return 6;
  if (zoom < 11) return 6 + ((zoom - 8) / 3) * 8;
  if (zoom < 15) return 14 + ((zoom - 11) / 4) * 12;
  return 26;
}

/** The nearest vehicle within `reach` fixed units of a point, by a plain scan: half a millisecond for 77,000. */
export function pickSlot(fleet: Fleet, x: number, y: number, reach: number, shown: number, now: number): number | null {
  let best: number | null = null;
  let bestDistance = reach * reach;
  for (let slot = 0; slot < fleet.count; slot++) {
    if (!hasPosition(fleet, slot) || (shown & (1 << fleet.status[slot]!)) === 0) continue;
    // The drawn vehicle is somewhere between its two known positions.
    const slackX = reach + Math.abs(fleet.x[slot]! - fleet.fromX[slot]!);
    if (Math.abs(fleet.x[slot]! - x) > slackX) continue;
    const [atX, atY] = drawnAt(fleet, slot, now);
    const distance = (atX - x) ** 2 + (atY - y) ** 2;
    if (distance <= bestDistance) {
      bestDistance = distance;
      best = slot;
    }
  }
  return best;
}

function moved(matrix: ArrayLike<number>, x: number, y: number): Float32Array {
  const out = new Float32Array(16);
  for (let at = 0; at < 12; at++) out[at] = matrix[at]!;
  // In doubles, before anything is cut to a float.
  for (let row = 0; row < 4; row++) out[12 + row] = matrix[row]! * x + matrix[4 + row]! * y + matrix[12 + row]!;
  return out;
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error('the graphics context is lost');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`vehicle shader: ${gl.getProgramInfoLog(program)}`);
  return program;
}
