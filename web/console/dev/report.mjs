// The annual report of the mock: a city with districts below, in whatever stage the last step left it.
const ITEMS = {
  stock: ['opening', 'added', 'renewed', 'moved_in', 'auctioned', 'maker_returned', 'scrapped', 'allotted', 'moved_out', 'closing'],
  establishment: ['authorised', 'over'],
  use: ['car_days', 'used_days', 'used_cars', 'shop_days', 'trips', 'hired_trips', 'hired', 'distance'],
  energy: ['fuel_taken', 'energy_taken', 'carbon'],
  cost: ['fuel', 'charge', 'toll', 'parking', 'repair', 'upkeep', 'insurance', 'inspection', 'other', 'driver', 'fine', 'purchase', 'purchase_tax', 'registration', 'proceeds'],
  supervision: ['violations'],
};
const MEASURES = { car_days: 'days', used_days: 'days', shop_days: 'days', distance: 'metres', fuel_taken: 'millilitres', energy_taken: 'watt_hours', carbon: 'grams', hired: 'fen' };
const measure = (item, section) => MEASURES[item] ?? (section === 'cost' ? 'fen' : 'count');
const NEXT = { check: 'checked', sign: 'signed', refuse: 'draft', submit: 'submitted', redo: 'draft', accept: 'accepted', return: 'returned', reopen: 'draft' };
const MOVES = { draft: ['check'], checked: ['redo', 'sign', 'refuse'], signed: ['submit', 'redo'], submitted: ['accept', 'return'], returned: ['redo'], accepted: ['reopen'] };
const PLACES = ['上城区', '拱墅区', '西湖区', '滨江区', '萧山区', '余杭区'].map((name, n) => ({ id: `r${n}`, name: `${name}机关事务管理局` }));
const KINDS = [
  ['other', 'petrol', 412],
  ['other', 'electric', 188],
  ['law_enforcement', 'petrol', 655],
  ['law_enforcement', 'hybrid', 61],
  ['emergency_support', 'diesel', 74],
  ['confidential_courier', 'electric', 96],
];
let stage = 'draft';
const steps = [];

const figures = (cars, way) => ({
  opening: cars - 6, added: way ? 4 : 0, renewed: 9, moved_in: 2, auctioned: 6, scrapped: 1, moved_out: 2, closing: cars,
  car_days: cars * 365, used_days: cars * 109, used_cars: cars - 3, shop_days: cars * 4, trips: cars * 97, distance: cars * 14_652_300,
  fuel_taken: cars * 1_402_000, carbon: cars * 3_028_000, fuel: cars * 1_121_000, repair: cars * 212_000, upkeep: cars * 61_000, insurance: cars * 241_000,
  toll: cars * 41_000, parking: cars * 9_000, purchase: way ? 64_000_000 : 0, proceeds: -7_400_000,
});

function report(query) {
  const lines = KINDS.map(([category, powertrain, cars], n) => ({ category, category_term: category, powertrain, powertrain_term: powertrain, figures: figures(cars, n % 2) }));
  for (const [category, authorised] of [['other', 610], ['law_enforcement', 700], ['emergency_support', 80], ['confidential_courier', 96]]) {
    lines.push({ category, category_term: category, powertrain: null, powertrain_term: null, figures: { authorised, over: category === 'law_enforcement' ? 16 : 0 } });
  }
  const total = (item) => lines.reduce((sum, line) => sum + (line.figures[item] ?? 0), 0);
  const sums = Object.entries(ITEMS).flatMap(([section, items]) => items.map((item) => ({ item, term: item, section, measure: measure(item, section), own: Math.round(total(item) / 9), total: total(item), before: Math.round(total(item) * 0.96) })));
  const rate = (name, value, before) => ({ rate: name, term: name, part: 1, whole: 1, value, before });
  const issue = (code, is_error, section, count, examples, owner, owners, title, unit = '杭州市机关事务管理局') => ({ code, is_error, section, count, examples, owner, owner_term: owner, owners, title, unit_id: 'u0', unit_name: unit });
  const kept = stage !== 'draft';
  return {
    unit_id: query.unit ?? 'u0',
    unit_name: PLACES.find((place) => place.id === query.unit)?.name ?? '杭州市机关事务管理局',
    year: query.year,
    version: steps.length ? 2 : 0,
    stage,
    is_kept: kept,
    reason: steps.length ? '漏报一辆' : '',
    versions: steps.length ? [{ version: 2, stage, reason: '漏报一辆', changed_at: '2026-03-02T04:00:00Z' }, { version: 1, stage: 'accepted', reason: '', changed_at: '2026-02-11T04:00:00Z' }] : [],
    moves: MOVES[stage],
    own: lines,
    total: lines,
    sums,
    rates: [
      rate('nev_flow', 0.358, 0.291), rate('nev_stock', 0.191, 0.166), rate('nev_flow_plan', 0.442, 0.35), rate('nev_stock_plan', 0.232, 0.2), rate('over', 0.0107, 0.0121), rate('days_used', 0.298, 0.301),
      rate('cars_used', 0.988, 0.981), rate('trips_per_day', 0.266, 0.27), rate('in_order', 0.989, 0.985), rate('fuel_per_100km', 9.57, 9.81), rate('energy_per_100km', null, null), rate('cost_per_km', 1.15, 1.19),
    ],
    parts: PLACES.map((place, n) => ({ unit_id: place.id, unit_name: place.name, version: n < 4 ? 1 : null, is_outdated: n === 1 && kept, figures: { opening: 190 + n * 7, closing: 196 + n * 7, authorised: 200 + n * 7, over: n === 2 ? 3 : 0, trips: 18_000 + n * 411, running: 310_000_000 + n * 4_000_000, distance: 1, carbon: 1 } })),
    issues: kept
      ? []
      : [
          issue('report.balance', true, 'stock', 1, ['执法执勤用车 汽油: 656 ≠ 655'], 'fleet_manager', ['王建国'], '期初＋新增＋更新＋调入－处置－调出 不等于 期末。请核对车辆登记日期、处置单和调拨单；上年数有误的，请上级重新开放上年报告。'),
          issue('report.part_missing', true, 'stock', 1, [PLACES[4].name], 'authority', ['李敏'], '下级单位的报告尚未受理。请催报或受理。', PLACES[4].name),
          issue('report.unregistered', false, 'stock', 37, ['浙A00017', '浙A00121', '浙AD12345', '浙A10032', '浙A10077'], 'fleet_manager', ['王建国', '赵倩'], '车辆缺少登记档案。请补录登记日期、价格、排量等。'),
          issue('report.unmoved', false, 'use', 12, ['浙A00230', '浙A00231'], 'fleet_manager', ['王建国', '赵倩'], '车辆全年没有里程。请核对终端，或封存、调剂闲置车辆。'),
          issue('report.year_not_closed', false, 'cost', 1, [], 'authority', ['陈刚'], '本年度费用尚未关账，之后入账的费用不会计入。'),
        ],
    progress: Object.keys(ITEMS).map((section, n) => ({ section, term: section, cars: 1486, lacking: kept ? 0 : [37, 0, 12, 210, 0, 0][n], errors: kept ? 0 : [2, 0, 0, 0, 0, 0][n] })),
    steps: steps.map((action) => ({ action, action_term: action, to: NEXT[action], by: action === 'sign' ? '周局长' : '王建国', at: '2026-03-02T04:00:00Z', reason: ['refuse', 'return', 'reopen'].includes(action) ? '数据需核实' : '' })),
  };
}

/** Answers for the report, or undefined. */
export function annual(method, path, query, body) {
  if (method === 'GET' && path === '/annual-reports') {
    const items = PLACES.map((place, n) => ({ unit_id: place.id, unit_name: place.name, is_asked: false, version: n < 5 ? 1 : 0, stage: n < 4 ? 'accepted' : n === 4 ? 'submitted' : 'draft', accepted: n < 4 ? 1 : null, changed_at: n < 5 ? '2026-02-20T04:00:00Z' : null }));
    return { year: Number(query.get('year')), items };
  }
  const [, unit, year, rest] = /^\/annual-reports\/([\w-]+)\/(\d+)(\/steps)?$/.exec(path) ?? [];
  if (!unit) return undefined;
  if (rest && method === 'POST') {
    stage = NEXT[body.action];
    steps.push(body.action);
  }
  return report({ unit, year: Number(year) });
}
