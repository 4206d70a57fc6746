// Terminals as a fleet manager uses them, with a real JT/T 808 connection that this script plays, against a running service.
//   BASE_URL, LOGIN, PASSWORD   where, and as whom
//   JT808                       host:port of the gateway's JT/T 808 listener
//   PLATE                       a vehicle without a terminal
//   SHOTS_DIR                   where the pictures go
import { goTo, openPage, picture, runAxe, signIn, startBrowser, until, waitForMap } from './lib.mjs';
import { Terminal } from './terminal808.mjs';

const { BASE_URL = 'http://127.0.0.1:8080', LOGIN = 'manager', PASSWORD = 'Motorpool-demo-1', JT808 = '127.0.0.1:7808', PLATE, NUMBER = '13912345678', SHOTS_DIR } = process.env;
const base = BASE_URL.replace(/\/$/, '');
const faults = [];
const say = (text) => console.log(`terminals: ${text}`);

if (!PLATE) {
  console.error('terminals: PLATE must name a vehicle without a terminal');
  process.exit(2);
}

const browser = await startBrowser();
const { page, faults: seen, checkViolations, expect } = await openPage(browser, { baseUrl: base });
expect(/401 .*\/api\/v1\/session/);
// A form that is filled wrongly on purpose.
expect(/422 .*\/api\/v1\//);

async function screen(name) {
  await page.waitForTimeout(400);
  await picture(page, SHOTS_DIR, name);
  faults.push(...(await runAxe(page, name)));
  await checkViolations();
  say(`${name}: looked at`);
}

const tab = (name) => page.locator(`#terminal-tab-${name}`).click();
const row = (kind) => page.locator('.command', { hasText: kind }).first();
const stands = (kind, state) => row(kind).locator('.state', { hasText: state }).waitFor({ timeout: 30_000 });

/** Asks something by the form. */
async function ask(kind, reason, fill = async () => {}) {
  await page.locator('.ask select').first().selectOption(kind);
  await fill();
  await page.locator('.ask .field', { hasText: '事由' }).locator('input').fill(reason);
  await page.locator('.ask button[type=submit]').click();
}

async function walk() {
  await signIn(page, base, LOGIN, PASSWORD);
  await waitForMap(page);
  const mapId = await page.evaluate(() => window.__motorpool.mapId);
  await goTo(page, '/admin/terminals');
  await page.locator('.table-scroll tbody tr').first().waitFor({ timeout: 20_000 });
  await screen('20-terminals');

  // Register: everything that is wrong is said beside its field, then it is right.
  await page.locator('.page-actions .button-primary').click();
  const form = page.locator('.modal form');
  const field = (label) => form.locator('.field', { hasText: label }).locator('input').first();
  await field('终端手机号').fill('12 x');
  await form.locator('button[type=submit]').click();
  await form.locator('.field-error').first().waitFor();
  if ((await form.locator('.field-error').count()) < 2) throw new Error('not every wrong field is marked');
  await screen('21-register-wrong');
  await field('终端手机号').fill(NUMBER);
  await field('型号').fill('北斗一体机 BD-808');
  await field('SIM 卡 ICCID').fill('89860012345678901234');
  await form.locator('button[type=submit]').click();
  await page.locator('.drawer h2').waitFor({ timeout: 20_000 });
  await page.locator('.drawer .state', { hasText: '空闲' }).waitFor();
  await screen('22-terminal-idle');

  // A text before the terminal has ever come: it waits. Another does not wait long enough.
  await tab('commands');
  await ask('text', '通知驾驶员', () => page.locator('.ask-text').fill('请于十七点前回场'));
  await stands('请于十七点前回场', '排队中');
  const id = new URL(page.url()).searchParams.get('terminal');
  const short = await page.evaluate(async (terminal) => {
    const session = await (await fetch('/api/v1/session')).json();
    const body = JSON.stringify({ kind: 'locate', reason: '查车', expires_in_s: 1 });
    return (await fetch(`/api/v1/terminals/${terminal}/commands`, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-csrf-token': session.csrf_token } })).status;
  }, id);
  if (short !== 201) throw new Error(`the short command was answered ${short}`);
  await stands('查询位置', '已过期');
  await screen('23-queued-and-expired');

  // Bind.
  await tab('overview');
  await page.locator('.drawer-steps .button-primary').click();
  await page.locator('.modal .input').first().fill(PLATE);
  await page.locator('.bind-choice', { hasText: PLATE.slice(2) }).locator('input').check();
  await page.locator('.modal .field', { hasText: '事由' }).locator('input').fill('新车装机');
  await screen('24-bind');
  await page.locator('.modal button[type=submit]').click();
  await page.locator('.drawer .state', { hasText: '绑定' }).waitFor({ timeout: 20_000 });

  // The terminal comes: registers, signs in, and gets what waited for it.
  const [host, port] = JT808.split(':');
  const terminal = new Terminal(NUMBER, PLATE);
  await tab('frames');
  await terminal.connect(host, Number(port));
  await terminal.register();
  await terminal.authenticate();
  say('the terminal has signed in');
  const text = await terminal.expect(0x8300);
  if (!terminal.gbk(text).includes('请于十七点前回场')) throw new Error('the text that waited is another one');
  await terminal.report(30.2501, 120.1301);
  await until(page, 'frames appear', () => document.querySelectorAll('.frame').length >= 4, undefined, 30_000);
  await page.locator('.frame', { hasText: '0x0200' }).first().locator('.frame-head').click();
  await page.locator('.message-fields tbody tr').nth(9).hover();
  await page.locator('.hex mark').waitFor();
  await screen('25-frames');
  terminal.broken();
  await page.locator('.frame-error').first().waitFor({ timeout: 20_000 });
  say('a broken frame says why');

  await tab('commands');
  await stands('请于十七点前回场', '已应答');
  await ask('locate', '核对位置');
  await terminal.expect(0x8201);
  await stands('查询位置', '已应答');
  await ask('set_parameters', '缩短上报间隔', () => page.locator('.parameter input').first().fill('15'));
  await terminal.expect(0x8103);
  await stands('设置参数', '已应答');
  if (terminal.parameters.get(0x0029) !== 15) throw new Error('the parameter did not arrive');
  await ask('query_attributes', '核对型号');
  await terminal.expect(0x8107);
  await stands('查询终端属性', '已应答');
  await screen('26-commands');
  await tab('overview');
  await page.locator('.online-online').first().waitFor({ timeout: 20_000 });
  await screen('27-overview');
  await tab('history');
  await page.locator('.stays li').first().waitFor();
  await screen('28-history');

  // The card of its vehicle, and back to the terminal over the map, which is still the same map.
  await tab('overview');
  await page.locator('.drawer .facts a').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.card h2').waitFor({ timeout: 60_000 });
  await page.locator('.card .facts .link').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.drawer h2').waitFor();
  if ((await page.evaluate(() => window.__motorpool.mapId)) !== mapId) throw new Error('the map was made anew');
  // Nothing lies over it: its tabs can be pressed.
  await page.locator('#terminal-tab-history').click({ timeout: 10_000 });
  await page.locator('#terminal-tab-overview').click({ timeout: 10_000 });
  await screen('29-over-the-map');
  await page.keyboard.press('Escape');
  await page.locator('.drawer').waitFor({ state: 'detached' });

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${base}/admin/terminals?terminal=${id}`);
  await page.locator('.drawer h2').waitFor({ timeout: 20_000 });
  await screen('30-phone');
  await messages(terminal);
  terminal.close();
}

/** An emergency is told in both browsers of the account; read in one of them, it is read in both. */
async function messages(terminal) {
  const other = await openPage(browser, { baseUrl: base });
  other.expect(/401 .*\/api\/v1\/session/);
  await signIn(other.page, base, LOGIN, PASSWORD);
  await page.goto(`${base}/messages`);
  await terminal.report(30.2503, 120.1303, 1);
  const sos = page.locator('.inbox-row[data-severity=emergency]', { hasText: PLATE });
  await sos.waitFor({ timeout: 30_000 });
  await other.page.locator('.bell[data-emergency]').waitFor({ timeout: 20_000 });
  await screen('31-messages-phone');
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.locator('#inbox-tab-all').click();
  await page.locator('.inbox-row', { hasText: NUMBER }).first().waitFor({ timeout: 20_000 });
  await screen('32-messages');
  await page.locator('.page-actions .button').first().click();
  await page.locator('.inbox-kinds').waitFor();
  await screen('33-notifications');
  await page.keyboard.press('Escape');
  await sos.getByRole('button', { name: /^标为已读/ }).click();
  for (const browser of [page, other.page]) await browser.locator('.bell:not([data-emergency])').waitFor({ timeout: 20_000 });
  await sos.getByRole('button', { name: /^在地图上查看/ }).click();
  await page.locator('.card h2').waitFor({ timeout: 20_000 });
  await other.checkViolations();
  faults.push(...other.faults);
  say('an emergency is told in both browsers and read in both');
}

try {
  await walk();
} catch (error) {
  await picture(page, SHOTS_DIR, 'terminals-failed').catch(() => {});
  faults.push(String(error.stack ?? error));
}
faults.push(...seen);
await browser.close();
for (const fault of faults) console.error(`terminals: ${fault}`);
console.log(faults.length === 0 ? 'terminals: all is well' : `terminals: ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
