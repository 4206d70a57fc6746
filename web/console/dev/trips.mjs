// Trips of the mock: requests, decisions, cars and orders over the invented fleet. Its rules are a few of the service's.
import { fleet } from './world.mjs';

const HOUR = 3_600_000;
const now = () => Date.now();
const iso = (ms) => new Date(ms).toISOString();
const half = Math.ceil(now() / (HOUR / 2)) * (HOUR / 2);
const SPOTS = [['市民中心', 120.2115, 30.2454], ['省人民大会堂', 120.1503, 30.2705], ['萧山机场', 120.4342, 30.2345], ['余杭区政府', 120.2995, 30.4211], ['杭州东站', 120.2126, 30.2905], ['西湖区政府', 120.1303, 30.2595]].map(([name, lon, lat]) => ({ name, lon, lat }));
const REASONS = [
  ['传递机要文件和涉密载体', true, '《党政机关公务用车管理办法》第三条：机要通信'], ['处置突发事件、抢险救灾', true, '《党政机关公务用车管理办法》第三条：应急保障'], ['执法执勤', true, '正面清单'], ['参加会议、集体公务活动', true, '正面清单'], ['调研、检查、督导', true, '正面清单'], ['公务接待', true, '正面清单'], ['跨区域公务出行', true, '正面清单'], ['离退休干部服务', true, '正面清单'], ['其他公务', true, '正面清单；须写明事由'],
  ['婚丧喜庆', false, '《党政机关公务用车管理办法》第二十六条第三项：公车私用'], ['探亲访友、休假旅游', false, '《党政机关公务用车管理办法》第二十六条第三项：公车私用'], ['上下班通勤', false, '《党政机关公务用车管理办法》第二十六条第三项'],
].map(([reason, is_allowed, clause]) => ({ reason, is_allowed, clause }));
const PEOPLE = ['王建国', '李敏', '陈晓东', '周婷', '吴志强'];
const DRIVERS = [['赵师傅', '13800000001', 'A1'], ['钱师傅', '13800000002', 'C1'], ['孙师傅', '13800000003', 'B1']].map(([name, phone, licence_class], n) => ({ driver_id: `dr${n}`, name, phone, licence_class }));
const MODELS = ['红旗 H5', '比亚迪 汉 EV', '大众 帕萨特', '别克 GL8', '吉利 几何 A', '丰田 考斯特'];
const SEATS = [5, 5, 5, 7, 5, 19];
const cars = fleet.slice(0, 60);
let counter = 100;

const metres = (a, b) => Math.hypot((b.lon - a.lon) * 96_200, (b.lat - a.lat) * 111_300) * 1.3;
const wayM = (wish) => [wish.from, ...wish.stops, wish.to].reduce((sum, spot, at, all) => sum + (at ? metres(all[at - 1], spot) : 0), 0) * (wish.is_round_trip ? 2 : 1);
const cost = (wish) => Math.round(wayM(wish) / 1000 * 260);
const wish = (n, more = {}) => ({
  unit_id: 'u0', fleet_unit_id: 'u0', reason: REASONS[3 + (n % 4)].reason, purpose: ['全市公务用车工作会议', '赴萧山督导安全生产', '接待省局调研组', ''][n % 4], is_confidential: false, is_emergency: false, is_poolable: n % 3 === 0, category: 'other', seats: 5,
  passengers: [{ name: PEOPLE[n % 5], phone: '13900001111' }, { name: PEOPLE[(n + 1) % 5], phone: '' }], passenger_count: 2 + (n % 3), vehicle_count: 1, from: SPOTS[n % 6], to: SPOTS[(n + 2) % 6], stops: n % 4 === 1 ? [SPOTS[(n + 3) % 6]] : [], is_round_trip: n % 2 === 0, begins_at: iso(half + n * HOUR), ends_at: iso(half + (n + 3) * HOUR), note: '', wanted_vehicle_id: null, ...more,
});
const requests = [];
function add(asked, state, more = {}) {
  const id = `rq${++counter}`;
  const one = {
    ...asked, id, number: `YC-2026-${String(counter).padStart(5, '0')}`, state, unit_name: '杭州市机关事务管理局', fleet_name: '杭州市机关事务管理局', applicant_id: 'a9', applicant: PEOPLE[counter % 5], distance_m: more.is_masked ? 0 : Math.round(wayM(asked)), estimate_fen: more.is_masked ? 12_000 : cost(asked),
    steps: [{ name: '处室负责人审批', unit_id: 'u1', only: null, due_at: iso(half + HOUR) }, { name: '分管领导审批', unit_id: 'u0', only: null, due_at: null }], step: state === 'submitted' ? 0 : 2, ratify_by: asked.is_emergency ? iso(now() + 24 * HOUR) : null, ratified_at: null, created_at: iso(now() - HOUR), submitted_at: state === 'draft' ? null : iso(now() - HOUR), decided_at: ['approved', 'ordered'].includes(state) ? iso(now() - HOUR / 2) : null, changed_at: iso(now()), undo_until: null, is_masked: false, approvals: ['approved', 'ordered'].includes(state) ? [{ action: 'approved', step: 0, by: '张处长', at: iso(now() - HOUR / 2), opinion: '同意', undone_at: null }] : [], orders: [], ...more,
  };
  requests.unshift(one);
  return one;
}
for (let n = 0; n < 5; n++) add(wish(n), 'submitted');
add(wish(1, { is_emergency: true, reason: REASONS[1].reason, purpose: '城西管线爆裂抢险', category: 'emergency_support' }), 'submitted');
for (let n = 5; n < 9; n++) add(wish(n), 'approved');
add(wish(3, { is_confidential: true, reason: '', purpose: '', from: { name: '', lon: null, lat: null }, to: { name: '', lon: null, lat: null }, stops: [], passengers: [] }), 'approved', { is_masked: true });
const mine = [add(wish(2), 'draft', { applicant_id: 'a1', applicant: '车队管理员' }), add(wish(3), 'submitted', { applicant_id: 'a1', applicant: '车队管理员' }), add(wish(4), 'ordered', { applicant_id: 'a1', applicant: '车队管理员' })];

const orders = [];
function issue(request, body) {
  const car = fleet.find((one) => one.id === body.vehicle_id);
  const driver = DRIVERS.find((one) => one.driver_id === body.driver_id);
  const order = {
    id: `or${orders.length + 1}`, number: `PC-2026-${String(orders.length + 1).padStart(5, '0')}`, state: 'issued', request_id: request.id, request_number: request.number, unit_name: request.unit_name, fleet_name: request.fleet_name, applicant: request.applicant, vehicle_id: car.id, vehicle_no: car.no, plate: car.plate, model: MODELS[car.kind], seats: SEATS[car.kind], driver_id: driver.driver_id, driver: driver.name, driver_phone: driver.phone,
    begins_at: request.begins_at, ends_at: request.ends_at, reason: request.reason, purpose: request.purpose, passengers: request.passengers, passenger_count: request.passenger_count, from: request.from, to: request.to, stops: request.stops, is_round_trip: request.is_round_trip, is_emergency: request.is_emergency, is_confidential: request.is_confidential, is_masked: request.is_masked, substitution: body.substitution ?? null, issued_by: '车队管理员', issued_at: iso(now()), accepted_at: null, departed_at: null, arrived_at: null, waiting_since: null, waited_s: 0, returned_at: null, settled_at: null, depart_odometer_km: null, return_odometer_km: null, end_reason: null, moves: [], log: [],
  };
  orders.push(order);
  request.state = 'ordered';
  request.orders.push({ id: order.id, number: order.number, state: 'issued', vehicle_id: car.id, vehicle_no: car.no, plate: car.plate, driver: driver.name, driver_phone: driver.phone, departed_at: null, returned_at: null });
  request.changed_at = iso(now());
  return order;
}
Object.assign(issue(mine[2], { vehicle_id: cars[1].id, driver_id: 'dr1' }), { state: 'underway', departed_at: iso(now() - HOUR / 3), depart_odometer_km: 20_345.6 });
Object.assign(mine[2].orders[0], { state: 'underway', departed_at: iso(now() - HOUR / 3) });
issue(add(wish(0, { begins_at: iso(half - 2 * HOUR), ends_at: iso(half + HOUR) }), 'approved'), { vehicle_id: cars[3].id, driver_id: 'dr2' });

const taken = (of, request) => orders.some((order) => of(order) && order.begins_at < request.ends_at && request.begins_at < order.ends_at);
function candidates(request) {
  const vehicles = cars.map((car) => {
    const away = request.is_masked ? null : Math.round(metres({ lon: car.lon, lat: car.lat }, request.from));
    const refused = [];
    if (taken((order) => order.vehicle_id === car.id, request)) refused.push({ code: 'trip.refusal.taken', title: '时段内已有任务' });
    if (car.no % 11 === 0) refused.push({ code: 'trip.refusal.out_of_use', title: '车辆不在用' });
    if (SEATS[car.kind] < request.seats) refused.push({ code: 'trip.refusal.too_small', title: '座位不足' });
    return { vehicle_id: car.id, no: car.no, plate: car.plate, model: MODELS[car.kind], seats: SEATS[car.kind], powertrain: 'electric', unit_name: car.unit_name, lon: car.lon, lat: car.lat, away_m: away, soc_pct: car.kind % 3 === 1 ? 40 + (car.no % 60) : null, fuel_pct: car.kind % 3 === 1 ? null : 30 + (car.no % 70), is_substitute: SEATS[car.kind] > 5, refused, taken_until: null };
  });
  vehicles.sort((a, b) => a.refused.length - b.refused.length || a.is_substitute - b.is_substitute || a.away_m - b.away_m);
  const drivers = DRIVERS.map((driver) => ({ ...driver, taken_until: null, refused: taken((order) => order.driver_id === driver.driver_id, request) ? [{ code: 'trip.refusal.driver', title: '时段内已有任务' }] : [] })).sort((a, b) => a.refused.length - b.refused.length);
  return { vehicles, drivers, vehicles_left_out: 0 };
}

function seen(request) {
  const own = request.applicant_id === 'a1';
  const moves = { draft: own ? ['submit', 'withdraw', 'rewrite'] : [], submitted: own ? ['withdraw'] : ['approve', 'reject', 'send_back', 'transfer', 'add_signer'], approved: ['order', 'cancel'], ordered: request.orders.length < request.vehicle_count ? ['order', 'cancel'] : ['cancel'] }[request.state] ?? [];
  return { ...request, moves: request.undo_until && Date.parse(request.undo_until) > now() ? [...moves, 'undo'] : moves };
}

const VIEWS = { mine: (one) => one.applicant_id === 'a1', to_decide: (one) => one.state === 'submitted' && one.applicant_id !== 'a1', to_dispatch: (one) => one.state === 'approved', all: () => true };
function act(request, { action, opinion = '' }) {
  const to = { submit: 'submitted', approve: 'approved', reject: 'rejected', send_back: 'draft', withdraw: 'withdrawn', cancel: 'cancelled', undo: 'submitted' }[action];
  const did = { approve: 'approved', reject: 'rejected', send_back: 'returned', transfer: 'transferred', add_signer: 'added_signer' }[action];
  if (action === 'undo') request.approvals.at(-1).undone_at = iso(now());
  if (did) request.approvals.push({ action: did, step: request.step, by: '车队管理员', at: iso(now()), opinion, undone_at: null });
  Object.assign(request, { state: to ?? request.state, step: to === 'submitted' ? 0 : request.step, undo_until: ['approve', 'reject', 'send_back'].includes(action) ? iso(now() + 10_000) : null, changed_at: iso(now()), submitted_at: action === 'submit' ? iso(now()) : request.submitted_at, decided_at: iso(now()) });
}

let flows = [
  { id: 'f1', unit_id: 'u0', unit_name: '杭州市机关事务管理局', name: '跨市长途', rank: 10, when: { categories: [], at_least_m: 120_000, at_least_fen: null, on_holiday: null }, steps: [{ name: '处室负责人审批', signer: 'own_leader', escalate_after_minutes: 60 }, { name: '分管领导审批', signer: 'superior_leader', escalate_after_minutes: 120 }, { name: '车队确认', signer: 'fleet_leader', escalate_after_minutes: null }] },
  { id: 'f2', unit_id: 'u0', unit_name: '杭州市机关事务管理局', name: '节假日用车', rank: 20, when: { categories: ['other', 'law_enforcement'], at_least_m: null, at_least_fen: 50_000, on_holiday: true }, steps: [{ name: '单位主要领导审批', signer: 'own_leader', escalate_after_minutes: null }] },
];

/** The answer, or undefined where this is no question about trips. */
export function trips(ask, path, query, body) {
  const ok = (answer, status = 200) => ({ status, body: answer });
  if (ask === 'GET /trip-options') return ok({ reasons: REASONS, units: [{ id: 'u0', name: '杭州市机关事务管理局' }, { id: 'u1', name: '综合处' }], categories: ['other', 'emergency_support', 'law_enforcement', 'confidential_courier'], places: SPOTS, now: iso(now()) });
  if (ask === 'POST /trip-requests/check') {
    const notices = [];
    const say = (field, code, title, is_refusal) => notices.push({ field, code, title, is_refusal, clause: null });
    if (Date.parse(body.begins_at) < now() + HOUR / 2 && !body.is_emergency) say('begins_at', 'trip.lead_time', '距出发不足 30 分钟，可能来不及派车', false);
    if (body.passenger_count > (body.seats - 1) * body.vehicle_count) say('passenger_count', 'trip.too_few_seats', '座位不够：请增加车辆或选择座位更多的车', true);
    if (body.ends_at <= body.begins_at) say('ends_at', 'trip.ends_before_it_begins', '返回时间早于出发时间', true);
    return ok({ notices, distance_m: Math.round(wayM(body)), duration_s: Math.round(wayM(body) / 9), estimate_fen: cost(body), steps: body.is_emergency ? [] : ['处室负责人审批', '分管领导审批'] });
  }
  if (ask === 'GET /trip-requests/counts') return ok({ to_decide: requests.filter(VIEWS.to_decide).length, to_dispatch: requests.filter(VIEWS.to_dispatch).length, mine_open: requests.filter((one) => VIEWS.mine(one) && !['closed', 'rejected', 'withdrawn', 'cancelled'].includes(one.state)).length });
  if (ask === 'GET /trip-requests') return ok({ items: requests.filter(VIEWS[query.get('view') ?? 'all']).map(seen), next: null });
  if (ask === 'POST /trip-requests') {
    const { submit, ...asked } = body;
    return ok(seen(add(asked, submit ? (asked.is_emergency ? 'approved' : 'submitted') : 'draft', { applicant_id: 'a1', applicant: '车队管理员' })), 201);
  }
  if (ask === 'POST /trip-requests/decisions') {
    for (const id of body.ids) act(requests.find((one) => one.id === id), body);
    return ok({ done: body.ids, failed: [] });
  }
  if (ask === 'GET /dispatch-board') return ok({ vehicles: cars.map((car) => ({ id: car.id, no: car.no, plate: car.plate, model: MODELS[car.kind], seats: SEATS[car.kind], powertrain: 'petrol', category: 'other', unit_name: car.unit_name, status: 'in_service', orders: orders.filter((order) => order.vehicle_id === car.id).map((order) => ({ id: order.id, number: order.number, state: order.state, begins_at: order.begins_at, ends_at: order.ends_at, driver: order.driver, request_id: order.request_id })) })), waiting: requests.filter(VIEWS.to_dispatch).map(seen) });
  if (ask === 'GET /approval-flows') return ok({ items: flows.map((flow) => ({ ...flow, may_change: true })), may_change: true });
  if (ask === 'POST /approval-flows') {
    flows.push({ ...body, id: `f${flows.length + 9}`, unit_name: '杭州市机关事务管理局' });
    return ok(flows.at(-1), 201);
  }
  const retired = /^POST \/approval-flows\/(\w+)\/retirement$/.exec(ask);
  if (retired) {
    flows = flows.filter((flow) => flow.id !== retired[1]);
    return ok(undefined, 204);
  }
  if (ask === 'GET /session/colleagues') return ok({ items: [{ id: 'a5', login: 'zhang', display_name: '张处长', unit_name: '综合处' }] });
  const order = /^GET \/dispatch-orders\/(\w+)$/.exec(ask);
  if (order) return { status: 200, body: orders.find((one) => one.id === order[1]) };
  const [, id, part] = /^\/trip-requests\/(rq\d+)(\/\w+)?$/.exec(path) ?? [];
  const request = requests.find((one) => one.id === id);
  if (!request) return undefined;
  if (part === '/candidates') return ok(candidates(request));
  if (part === '/orders') return ok(issue(request, body), 201);
  if (part === '/actions') {
    if (request.state !== 'submitted' && ['approve', 'reject'].includes(body.action)) return { status: 409, code: 'trip.state' };
    act(request, body);
  }
  if (ask.startsWith('PUT')) Object.assign(request, body);
  return ok(seen(request));
}
