// Messages of the mock: what the message centre shows while one works on it.
const DAY = 86_400_000;
const now = Date.now();
const CAR = '0192f000-0000-7000-8000-000000000001';
const WORDS = [
  ['sos_pressed', 'emergency', 'vehicle', '紧急求助：浙A12345', '浙A12345 于 2026-03-02 12:00 按下紧急报警按钮，请立即联系驾驶员并处置。', 'Emergency: 浙A12345', 'The emergency button of 浙A12345 was pressed at 2026-03-02 12:00. Call the driver now.'],
  ['alarm_raised', 'important', 'vehicle', '碰撞预警：浙A20031', '浙A20031 于 2026-03-02 11:42 发生红色报警：碰撞预警。', 'Red alarm: 浙A20031', 'Red alarm of 浙A20031 since 2026-03-02 11:42: collision.'],
  ['terminal_mismatch', 'important', 'vehicle', '车辆与终端不符：浙A00001', '终端 13900000001 于 2026-03-02 09:10 上报的号牌号码为“浙A99999”，登记为“浙A00001”，请核实车辆 浙A00001 的终端安装。', 'Terminal mismatch: 浙A00001', 'Since 2026-03-02 09:10, terminal 13900000001 in 浙A00001 says its number plate is "浙A99999"; the register says "浙A00001". Check what is fitted.'],
  ['rollout_halted', 'important', 'rollout', '固件升级已自动暂停：1.4.0', '杭州市机关事务管理局 的固件 1.4.0 升级于 2026-03-01 22:15 自动暂停：已完成 20 台，其中 3 台失败，超过上限。', 'Firmware rollout halted: 1.4.0', 'The rollout of 1.4.0 in 杭州市机关事务管理局 paused by itself at 2026-03-01 22:15: of 20 devices done 3 failed, more than allowed.'],
  ['command_expired', 'note', 'terminal', '指令已过期：13900000002', '终端 13900000002 一直不在线，“点名”已于 2026-03-01 18:00 过期，未下发。', 'Command expired: 13900000002', 'Terminal 13900000002 stayed away; "tell position" expired at 2026-03-01 18:00 and was not sent.'],
  ['account_locked', 'important', null, '账号被锁定：zhang.san', '账号 zhang.san 于 2026-02-28 08:31 因密码多次输错被锁定，至 2026-02-28 08:46 解除。若非本人操作，请立即核查。', 'Account locked: zhang.san', 'Wrong passwords locked zhang.san at 2026-02-28 08:31, until 2026-02-28 08:46. If that was not its owner, look into it now.'],
];
const messages = WORDS.map((words, n) => ({ id: `m${n}`, words, created_at: new Date(now - n * n * DAY / 9).toISOString(), read_at: n > 3 ? new Date(now).toISOString() : null, pinned_at: n === 3 ? new Date(now).toISOString() : null }));
const KINDS = ['sos_pressed', 'alarm_raised', 'terminal_mismatch', 'command_answered', 'command_failed', 'command_expired', 'rollout_halted', 'account_locked', 'rule_awaits_approval', 'delegation_received', 'import_finished', 'sending_failed'];
const SEVERITY = { sos_pressed: 'emergency', command_answered: 'note', command_failed: 'note', command_expired: 'note', import_finished: 'note', sending_failed: 'note' };
let preference = { language: 'zh-CN', email: 'li.si@hz.gov.cn', phone: null, quiet: '22:00-07:00', kinds: KINDS.map((kind) => ({ kind, severity: SEVERITY[kind] ?? 'important', channels: SEVERITY[kind] === 'note' ? [] : kind === 'sos_pressed' ? ['sms', 'email'] : ['email'] })) };

const VIEWS = { unread: (one) => !one.read_at, read: (one) => one.read_at, pinned: (one) => one.pinned_at, all: () => true };
const counts = () => ({ unread: messages.filter(VIEWS.unread).length, emergency: messages.filter((one) => !one.read_at && one.words[1] === 'emergency').length, pinned: messages.filter(VIEWS.pinned).length, all: messages.length });

export function inbox(ask, path, query, body, language) {
  const english = language === 'en';
  const view = ({ id, words, ...rest }) => ({ id, kind: words[0], severity: words[1], subject: words[2] && { kind: words[2], id: CAR }, unit_id: null, title: words[english ? 5 : 3], text: words[english ? 6 : 4], ...rest });
  if (ask === 'GET /messages') return { status: 200, body: { items: messages.filter(VIEWS[query.get('view') ?? 'all']).map(view), next: null } };
  if (ask === 'GET /messages/counts') return { status: 200, body: counts() };
  if (ask === 'GET /messages/preferences') return { status: 200, body: preference };
  if (ask === 'POST /messages/preferences') {
    preference = { ...preference, ...body, kinds: preference.kinds.map((line) => ({ ...line, channels: body.choices[line.kind] ?? line.channels })) };
    return { status: 200, body: preference };
  }
  const at = new Date().toISOString();
  if (ask === 'POST /messages/read-all') {
    for (const one of messages) one.read_at ??= at;
    return { status: 200, body: counts(), changed: true };
  }
  const [, id, mark] = /^\/messages\/(\w+)\/(read|unread|pin|unpin)$/.exec(path) ?? [];
  const one = messages.find((message) => message.id === id);
  if (!one) return { status: 404 };
  Object.assign(one, { read: { read_at: at }, unread: { read_at: null }, pin: { pinned_at: at }, unpin: { pinned_at: null } }[mark]);
  return { status: 204, changed: true };
}
