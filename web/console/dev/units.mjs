// An organisation of 24,000 invented units for the stand-in: the tree, a search, one unit, what a decision changes, a table looked through.

const TRADES = ['公安', '财政', '税务', '教育', '民政', '司法', '自然资源', '生态环境', '交通运输', '水利', '农业农村', '卫生健康', '应急管理', '市场监管', '综合执法', '统计', '审计', '医保'];
const CITIES = ['杭州', '宁波', '温州', '嘉兴', '湖州', '绍兴', '金华', '衢州', '舟山', '台州', '丽水'];
const KINDS = ['organ', 'institution', 'department', 'fleet', 'other'];
const STATUS = ['active', 'merged', 'closed'];
const LAST = 24_000;

const units = [];
function add(name, above, level, kind, region, status = 0) {
  if (units.length >= LAST) return null;
  const unit = { id: `0193a000-0000-7000-8000-${String(units.length).padStart(12, '0')}`, name, above, depth: above === null ? 0 : above.depth + 1, level, kind, region, status };
  units.push(unit);
  return unit;
}
const top = add('浙江省机关事务管理局', null, 2, 0, '330000');
CITIES.forEach((city, c) => {
  const code = `33${String(c + 1).padStart(2, '0')}`;
  const cityTop = add(`${city}市机关事务管理局`, top, 3, 0, `${code}00`);
  for (const trade of TRADES) add(`${city}市${trade}局`, cityTop, 3, 0, `${code}00`);
  for (let n = 1; n <= 11; n++) {
    const county = add(`${city}市第${n}区机关事务管理中心`, cityTop, 4, 0, `${code}${String(n).padStart(2, '0')}`);
    for (let b = 0; b < 36; b++) {
      const bureau = add(`第${n}区${TRADES[b % 18]}${b < 18 ? '局' : '服务中心'}`, county, 4, b < 18 ? 0 : 1, county?.region, b === 17 ? 2 : 0);
      for (const part of ['办公室', '财务科', '综合科', '车队']) if (bureau) add(part, bureau, 4, part === '车队' ? 3 : 2, county.region);
    }
  }
});

const above = (unit) => (unit.above ? [unit.above.name, ...above(unit.above)] : []);
const view = (unit) => ({ id: unit.id, parent_id: unit.above?.id ?? null, name: unit.name, level: unit.level, region_code: unit.region, lon: null, lat: null, kind: KINDS[unit.kind], credit_code: unit.kind === 0 ? '91330100799655058B' : null, status: STATUS[unit.status] });

/** The answer to what is asked of units, lines and tables, or nothing. */
export function organisation(ask, path, query) {
  if (ask === 'GET /units/tree') {
    const column = (make) => units.map(make);
    return { ids: column((u) => u.id), names: column((u) => u.name), depths: column((u) => u.depth), levels: column((u) => u.level), kinds: column((u) => u.kind), kind_names: KINDS, status: column((u) => u.status), status_names: STATUS };
  }
  if (ask === 'GET /units/search') {
    const q = query.get('q').toLowerCase();
    const fits = { gongan: '公安', gaj: '公安局', hz: '杭州', hangzhou: '杭州' }[q] ?? q;
    return { items: units.filter((unit) => unit.name.includes(fits)).slice(0, Number(query.get('limit') ?? 20)).map((unit) => ({ ...view(unit), above: above(unit) })) };
  }
  const one = /^\/units\/([^/]+)(\/.*)?$/.exec(path);
  const unit = one && units.find((candidate) => candidate.id === one[1]);
  if (unit && one[2] === '/acts/preview') return { units: 121, vehicles: 46, devices: 46, accounts: 310, losing: 12, gaining: 4, refusals: [] };
  if (unit && ask.startsWith('GET')) {
    const chapter = { document: '浙编〔2024〕31号', reason: '机构改革', parent_name: unit.above?.name ?? null, by: 'authority', at: '2024-03-01T02:00:00Z', other_name: null };
    return {
      ...view(unit),
      above: above(unit),
      counts: { children: 36, units_below: 2177, vehicles: 8, devices: 8, accounts: 21, vehicles_with_below: 1904, accounts_with_below: 5210 },
      history: [
        { ...chapter, act: 'move', from_on: '2024-03-01', to_on: null, name: unit.name, other_name: '浙江省人民政府办公厅' },
        { ...chapter, act: 'change', from_on: '2019-01-10', to_on: '2024-03-01', name: unit.name },
        { ...chapter, act: 'enter', from_on: '2012-05-02', to_on: '2019-01-10', name: `${unit.name.replace('管理局', '')}管理处`, document: '', reason: '', by: '' },
      ],
      lines: unit.name.includes('公安') ? [{ id: 'l1', code: 'police', name: '公安' }] : [],
      acts: ['change', 'move', 'merge', 'close'],
    };
  }
  if (ask === 'GET /lines') return { items: [{ id: 'l1', code: 'police', name: '公安', units: 12 }, { id: 'l2', code: 'tax', name: '税务', units: 12 }] };
  if (ask === 'GET /lines/l1/units' || ask === 'GET /lines/l2/units') {
    const [first, ...rest] = units.filter((unit) => unit.level === 3 && unit.name.includes(path.includes('l1') ? '公安' : '税务'));
    return { items: [{ unit_id: first.id, parent_id: null, name: first.name, level: 3 }, ...rest.map((unit) => ({ unit_id: unit.id, parent_id: first.id, name: unit.name, level: 3 }))] };
  }
  if (ask === 'POST /imports/preview' || ask === 'POST /imports') return looked(query.get('file'), ask === 'POST /imports');
  return undefined;
}

function looked(file, isLoaded) {
  const columns = [['name', '单位名称', true, 0], ['parent', '上级单位', false, 1], ['level', '层级', false, 2], ['region', '行政区划代码', false, 3], ['kind', '单位性质', false, null], ['credit_code', '统一社会信用代码', false, 4], ['lon', '经度', false, null], ['lat', '纬度', false, null]];
  const wrong = [
    [3, 'level', 'unit.level', '单位层级须为 1 至 4。', '乡'],
    [41, 'parent', 'import.unit_unknown', '没有这个单位。请写全称、统一社会信用代码，或“上级/单位”的路径。', '杭州市公安局西湖分局办公室'],
    [97, 'credit_code', 'unit.credit_check', '统一社会信用代码的校验位不对，请核对有无抄错。', '91330100799655058X'],
  ];
  const errors = wrong.map(([row, column, code, title, found]) => ({ row, column, code, title, found }));
  const shared = { error: null, error_title: null, error_count: 0, errors: [], warning_count: 0, warnings: [], known: 0, bad: 0 };
  const over = { row: 12, column: 'category', code: 'import.over_establishment', title: '导入后该单位此类车辆超编。照实登记，并列入超编清单。', found: '执法执勤用车' };
  return {
    file,
    format: 'xlsx',
    sheets: [
      { ...shared, name: '单位', subject: 'units', header: ['单位名称', '上级单位', '层级', '行政区划代码', '统一社会信用代码'], columns: columns.map(([key, term, required, at]) => ({ key, term, required, at })), rows: 3011, good: 2980, known: 0, bad: 31, shown: [], errors, error_count: 31 },
      { ...shared, name: '账号', subject: 'accounts', header: ['登录名', '姓名', '角色', '所属单位'], columns: ['login', 'display_name', 'role', 'unit'].map((key, at) => ({ key, term: ['登录名', '姓名', '角色', '所属单位'][at], required: true, at })), rows: 60000, good: 60000, shown: [{ row: 2, cells: ['zhang.san', '张三', '调度员', '杭州市公安局'] }, { row: 3, cells: ['li.si', '李四', '驾驶员', '杭州市公安局'] }] },
      { ...shared, name: '车辆', subject: 'vehicles', header: ['号牌号码', '所属单位', '车辆类别'], columns: ['plate', 'unit', 'category'].map((key, at) => ({ key, term: ['号牌号码', '所属单位', '车辆类别'][at], required: true, at })), rows: 3011, good: 3011, shown: [], warnings: [over], warning_count: 1 },
      { ...shared, name: '封面', subject: null, error: 'import.header_unknown', error_title: '认不出这张表的表头，请指定内容和各列，或用模板填写。', header: ['填表说明'], columns: [], rows: 4, good: 0, shown: [] },
    ],
    loaded: isLoaded ? { units: 2980, accounts: 60000, vehicles: 0 } : null,
  };
}
