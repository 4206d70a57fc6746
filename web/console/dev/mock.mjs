// A stand-in for the service while one works on the console: the API of the contract over invented cars.
// Serves dist/ too, with the product's own security headers. Never part of the product.
//   node dev/mock.mjs [port]        accounts: manager, authority; password Motorpool-demo-1
import { createServer } from 'node:http';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { createHash } from 'node:crypto';
import { fleet, step, summary, track, tripsAndStops, days } from './world.mjs';
import { inbox } from './inbox.mjs';
import { trips } from './trips.mjs';
import { annual } from './report.mjs';
import { organisation } from './units.mjs';
import { deltaFrame, noteFrame, snapshotFrame } from './wire.mjs';

const PORT = Number(process.argv[2] ?? 8099);
const HERE = new URL('.', import.meta.url).pathname;
const DIST = join(HERE, '../dist');
const ROADS = join(HERE, '../../../telematics/data/hangzhou-roads.geojson');
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.geojson': 'application/geo+json', '.txt': 'text/plain' };

const sessions = new Map();
/** Logins that have something to do first. */
const PENDING = { coded: 'code', fresh: 'password', chief: 'second_factor' };
const devices = fleet.map((car) => ({ id: `d${car.no}`, terminal_id: `HZ-${String(car.no).padStart(5, '0')}`, model: 'motorpool-bridge', created_at: '2026-09-01T02:00:00Z', vehicle_id: car.id, plate: car.plate }));
devices.unshift({ id: 'd0', terminal_id: 'HZ-90001', model: 'motorpool-bridge', created_at: '2026-11-20T02:00:00Z', vehicle_id: null, plate: null });
let failures = 0;
let role = 'fleet_manager';
let seq = 1000;
let cut = false;
const sockets = new Set();
let said = new Map();

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  const path = url.pathname;
  response.setHeader('content-security-policy', CSP);
  response.setHeader('x-content-type-options', 'nosniff');
  if (path.startsWith('/mock/cut')) {
    // For trying the banner: cuts every socket and refuses the snapshot until it is called again.
    cut = !cut;
    for (const socket of sockets) socket.destroy();
    return send(response, 200, { cut });
  }
  if (!path.startsWith('/api/v1')) return file(path, response);
  const body = await read(request);
  try {
    api(request, response, url, path.slice(7), body);
  } catch (error) {
    problem(response, 500, 'server.failed', { detail: String(error) });
  }
});

function api(request, response, url, path, body) {
  const { searchParams: query } = url;
  const token = /motorpool_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  const signedIn = sessions.has(token);
  const ask = `${request.method} ${path}`;
  if (ask === 'GET /config') {
    return send(response, 200, { title_zh: '公车管理平台', title_en: 'Motorpool', demo: true, version: '0.1.0', map: { kind: 'embedded', crs: 'wgs84', center: [120.17, 30.25], zoom: 11, layers: [], attribution: '', approval_number: null, max_zoom: 18 }, provider: { title_zh: '浙政钉统一身份认证登录', title_en: 'Sign in with the government identity', bind_by: 'subject' } });
  }
  if (ask === 'POST /session') {
    if (failures >= 5) return problem(response, 423, 'auth.locked', { retry_after_s: 754 });
    if (body.password !== 'Motorpool-demo-1') {
      failures++;
      return problem(response, 401, 'auth.invalid');
    }
    const token = Math.random().toString(36).slice(2);
    sessions.set(token, PENDING[body.login] ?? null);
    role = body.login === 'authority' ? 'authority' : 'fleet_manager';
    response.setHeader('set-cookie', `motorpool_session=${token}; HttpOnly; SameSite=Strict; Path=/`);
    return send(response, 200, session(PENDING[body.login]));
  }
  if (!signedIn) return problem(response, 401, 'auth.required');
  if (ask === 'GET /session') return send(response, 200, session(sessions.get(token)));
  const answered = security(ask, body);
  if (answered) return answered.code ? problem(response, 422, answered.code, answered) : send(response, 200, answered);
  if (ask === 'DELETE /session') return send(response, 204);
  if (path.startsWith('/messages')) {
    const answer = inbox(ask, path, query, body, request.headers['accept-language']);
    if (answer.changed) for (const socket of sockets) socket.write(frame(noteFrame(Date.now(), '{"note":"messages"}')));
    return answer.status === 404 ? problem(response, 404, 'store.not_found') : send(response, answer.status, answer.body);
  }
  if (ask === 'GET /live/snapshot') {
    if (cut) return problem(response, 503, 'store.unavailable');
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    return response.end(snapshotFrame(seq, Date.now(), fleet));
  }
  if (ask === 'GET /map/roads.geojson') {
    response.writeHead(200, { 'content-type': 'application/geo+json' });
    return response.end(existsSync(ROADS) ? readFileSync(ROADS) : '{"type":"FeatureCollection","features":[]}');
  }
  const trip = trips(ask, path, query, body);
  if (trip?.code) return problem(response, trip.status, trip.code);
  if (trip) return send(response, trip.status, trip.body);
  const reported = annual(request.method, path, query, body);
  if (reported !== undefined) return send(response, 200, reported);
  const told = organisation(ask, path, query);
  if (told !== undefined) return send(response, 200, told);
  if (ask === 'GET /units') return send(response, 200, { items: [...new Map(fleet.map((car) => [car.unit_id, { id: car.unit_id, parent_id: null, name: car.unit_name, level: 3, region_code: '330100', lon: null, lat: null }])).values()] });
  if (ask === 'GET /vehicles') return send(response, 200, list(query));
  if (ask === 'POST /vehicles') {
    if (!/^[\u4e00-\u9fa5][A-Z]\w{5,6}$/.test(body.plate)) return problem(response, 422, 'request.invalid', { fields: { plate: 'plate.length' }, field_titles: { plate: '号牌为 7 位，新能源为 8 位' } });
    return send(response, 201, { id: 'new', no: 9999, plate: body.plate });
  }
  if (ask === 'GET /devices') return send(response, 200, { items: devices, next: null });
  if (ask === 'POST /devices') {
    if (devices.some((device) => device.terminal_id === body.terminal_id)) return problem(response, 409, 'device.terminal_taken', { fields: { terminal_id: 'device.terminal_taken' }, field_titles: { terminal_id: '终端号已登记' } });
    const device = { id: `d${devices.length}`, terminal_id: body.terminal_id, model: body.model, created_at: new Date().toISOString(), vehicle_id: null, plate: null };
    devices.unshift(device);
    return send(response, 201, { id: device.id, terminal_id: device.terminal_id, secret: 'f3a9c1d27be84460a1b5c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f6071' });
  }
  if (request.method === 'POST' && /^\/devices\/[^/]+\/secret$/.test(path)) {
    const { id, terminal_id } = devices.find((one) => one.id === path.split('/')[2]);
    return send(response, 201, { id, terminal_id, secret: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff' });
  }
  const binding = /^\/devices\/([^/]+)\/binding$/.exec(path);
  if (binding) {
    const device = devices.find((one) => one.id === binding[1]);
    const car = fleet.find((one) => one.id === body?.vehicle_id);
    Object.assign(device, request.method === 'DELETE' ? { vehicle_id: null, plate: null } : { vehicle_id: car.id, plate: car.plate });
    return request.method === 'DELETE' ? send(response, 204) : send(response, 201, { device_id: device.id, vehicle_id: car.id, from: null });
  }
  const one = /^\/vehicles\/([^/]+)(\/.*)?$/.exec(path);
  const car = one && fleet.find((candidate) => candidate.id === one[1]);
  if (!car) return problem(response, 404, 'store.not_found');
  return vehicle(response, car, one[2] ?? '', query);
}

function vehicle(response, car, part, query) {
  const from = Date.parse(query.get('from') ?? 0);
  const to = Date.parse(query.get('to') ?? 0);
  if (part === '') {
    const { trips } = tripsAndStops(car, 0);
    return send(response, 200, {
      ...summary(car),
      vin: 'LSVAA4182E2' + String(100000 + car.no),
      devices: [{ id: `d${car.no}`, terminal_id: `HZ-${String(car.no).padStart(5, '0')}`, model: 'motorpool-bridge', bound_from: null, bound_to: null }],
      today: { distance_km: 46.3, trips: trips.length, driving_s: 5220, max_speed_kmh: 78 },
      current_trip: null,
    });
  }
  if (part === '/days') return send(response, 200, { items: days(car) });
  if (part === '/track') return send(response, 200, track(car, from, to));
  const known = tripsAndStops(car, from);
  const within = (at) => Date.parse(at) >= from && Date.parse(at) < to;
  if (part === '/trips') return send(response, 200, { items: known.trips.filter((trip) => within(trip.started_at)) });
  if (part === '/stops') return send(response, 200, { items: known.stops.filter((stop) => within(stop.from) && stop.seconds >= Number(query.get('min_seconds') ?? 0)) });
  if (part === '/track/export') {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': `attachment; filename="${car.no}.${query.get('format')}"` });
    return response.end('exported');
  }
  return problem(response, 404, 'route.unknown');
}

function list(query) {
  const q = (query.get('q') ?? '').toLowerCase();
  const numbers = query.get('no')?.split(',').map(Number);
  const all = fleet.filter((car) =>
    numbers ? numbers.includes(car.no) : `${car.plate} ${car.alias ?? ''} ${car.unit_name} HZ-${String(car.no).padStart(5, '0')}`.toLowerCase().includes(q),
  );
  const names = ['running', 'still', 'offline', 'faulty'];
  const counts = Object.fromEntries(names.map((name, index) => [name, all.filter((car) => car.status === index).length]));
  const wanted = query.get('status') ? all.filter((car) => names[car.status] === query.get('status')) : all;
  const start = Number(query.get('after') || 0);
  const limit = Number(query.get('limit') || 100);
  return { items: wanted.slice(start, start + limit).map(summary), next: start + limit < wanted.length ? String(start + limit) : null, counts: { ...counts, total: all.length } };
}

function session(pending = null) {
  return { pending, idle_secs: 7200, account: { id: 'a1', login: 'manager', display_name: '车队管理员', role, unit_id: 'u0', unit_name: '杭州市机关事务管理局' }, permissions: ['watch_vehicles', 'manage_fleet', 'watch_terminals', 'message_terminals', 'set_terminals', 'request_trips', 'approve_trips', 'dispatch_trips', 'watch_trips', 'manage_flows', ...(role === 'authority' ? ['manage_units', 'import_accounts', 'watch_lifecycle', 'propose_lifecycle', 'decide_lifecycle'] : [])], csrf_token: 'csrf' };
}

/** Something as dense as the picture of an address; no authenticator can read it. */
const SECRET = {
  secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  address: 'otpauth://totp/Motorpool:chief',
  picture_side: 49,
  picture_path: Array.from({ length: 41 * 41 }, (_, n) => [n % 41, Math.floor(n / 41)]).filter(([x, y]) => (x * 7 + y * 13 + x * y) % 5 < 2).map(([x, y]) => `M${x + 4} ${y + 4}h1v1h-1z`).join(''),
};

/** Security of one's own account: wrong passwords are `wrong`, wrong codes `000000`. */
function security(ask, body) {
  const at = new Date().toISOString();
  const line = (id, more) => ({ id, kind: 'browser', name: '', is_this: false, peer: '10.33.8.21', user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0', created_at: at, last_seen_at: at, expires_at: at, ...more });
  if (ask === 'GET /session/security') {
    return {
      password: { is_set: true, is_temporary: true, changed_at: at, expires_at: at, min_characters: 8, max_characters: 128, min_kinds: 3, not_reused: 5 },
      second_factor: { is_set_up: false, is_required: false, recovery_codes_left: 0 },
      identity: null,
    };
  }
  if (ask === 'GET /sessions') {
    return { items: [line('s1', { is_this: true }), line('s2', { user_agent: 'Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile Safari/537.36', peer: '2001:db8::21' }), line('s3', { kind: 'program', name: '财务报表接口', user_agent: '', peer: '' })] };
  }
  if (ask === 'POST /session/password') {
    if (body.old_password === 'wrong') return { code: 'request.invalid', fields: { old_password: 'password.old_wrong' } };
    return { code: 'request.invalid', fields: { new_password: 'password.common' }, problems: [{ code: 'password.common', title: '密码过于常见。' }, { code: 'password.reused', title: '不得使用最近用过的密码。' }] };
  }
  if (ask === 'POST /session/code') return { code: 'code.invalid' };
  if (ask === 'POST /session/second-factor') return SECRET;
  if (ask === 'POST /session/second-factor/confirm') return { codes: Array.from({ length: 10 }, (_, n) => `GEZD-GNBV-GY3T-QOJ${n}`) };
  return null;
}

server.on('upgrade', (request, socket) => {
  if (cut) return socket.destroy();
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => sockets.delete(socket));
  socket.on('data', () => {});
});

function frame(payload) {
  const head = payload.length < 126 ? Buffer.from([0x82, payload.length]) : payload.length < 65536 ? Buffer.from([0x82, 126, payload.length >> 8, payload.length & 255]) : Buffer.from([0x82, 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((bits) => (payload.length >> bits) & 255)]);
  return Buffer.concat([head, payload]);
}

for (const car of fleet) said.set(car.no, [car.x >> 3, car.y >> 3]);
setInterval(() => {
  const moved = step(Date.now());
  seq++;
  const data = frame(deltaFrame(seq, Date.now(), moved, said));
  for (const socket of sockets) socket.write(data);
}, 1000);

function file(path, response) {
  let name = normalize(join(DIST, path));
  if (!name.startsWith(DIST)) return send(response, 404);
  if (!existsSync(name) || statSync(name).isDirectory()) {
    if (extname(name)) return send(response, 404);
    name = join(DIST, 'index.html');
  }
  response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
  response.end(readFileSync(name));
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function problem(response, status, code, more = {}) {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ code, title: code, status, ...more }));
}

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  if (request.headers['content-type'] === 'application/octet-stream') return Buffer.concat(parts);
  return parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : null;
}

server.listen(PORT, '127.0.0.1', () => console.log(`mock on http://127.0.0.1:${PORT}`));
