// One car's life by two people, from the establishment to the auction; each gate is tried out of order, and the refusal names its clause.
//   BASE_URL    where
//   PASSWORD    of both
//   LOGINS      JSON: { manager, authority }
//   SHOTS_DIR   where the pictures go
import { openPage, picture, runAxe, signIn, startBrowser } from './lib.mjs';

const { BASE_URL = 'http://127.0.0.1:8080', PASSWORD, SHOTS_DIR } = process.env;
const base = BASE_URL.replace(/\/$/, '');
const LOGINS = JSON.parse(process.env.LOGINS ?? 'null');
const WAIT = 120_000;
const VIN = 'LFPH4ABC0A1A12345';
const faults = [];
const say = (text) => console.log(`lifecycle: ${text}`);
const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);

if (!PASSWORD || !LOGINS) {
  console.error('lifecycle: PASSWORD and LOGINS must be set');
  process.exit(2);
}

const browser = await startBrowser();

/** Somebody at a console of their own. */
async function enter(name) {
  const { page, context, faults: seen, checkViolations, expect } = await openPage(browser, { baseUrl: base });
  // Refusals are part of the play.
  expect(/40[139] .*\/api\/v1\//);
  expect(/422 .*\/api\/v1\//);
  await signIn(page, base, LOGINS[name], PASSWORD);
  const person = { name, page };
  person.at = async (path) => {
    await page.goto(`${base}${path}`);
    await page.locator('main.life h1').waitFor({ timeout: WAIT });
    await page.waitForFunction(() => !document.querySelector('.skeletons'), null, { timeout: WAIT });
  };
  person.press = (label) => page.getByRole('button', { name: label }).first().click();
  person.fill = async (label, text) => {
    await page.locator('.dialog').waitFor({ timeout: WAIT });
    const choice = page.locator('.dialog').getByRole('combobox', { name: label, exact: true });
    if ((await choice.count()) > 0) await choice.selectOption({ label: text });
    else await page.locator('.dialog').getByLabel(label, { exact: true }).fill(text);
  };
  /** Hands the form in, and it is gone; or it says why not. */
  person.send = async (button = '保存') => {
    await page.locator('.dialog').getByRole('button', { name: button, exact: true }).click();
    await page.locator('.dialog').waitFor({ state: 'detached', timeout: WAIT });
  };
  person.refused = async (words, button = '保存') => {
    await page.locator('.dialog').getByRole('button', { name: button, exact: true }).click();
    await page.locator('.dialog', { hasText: words }).waitFor({ timeout: WAIT });
    say(`${name}: refused: ${words}`);
  };
  person.close = async () => {
    await page.locator('.dialog').getByRole('button', { name: '取消', exact: true }).click();
    await page.locator('.dialog').waitFor({ state: 'detached', timeout: WAIT });
  };
  person.step = async (path, label, form = {}) => {
    await person.at(path);
    await person.press(new RegExp(`^${label} `));
    for (const [field, text] of Object.entries(form)) await person.fill(field, text);
  };
  person.look = async (what) => {
    await page.waitForFunction(() => !document.querySelector('.skeletons'), null, { timeout: WAIT });
    await picture(page, SHOTS_DIR, `lifecycle-${name}-${what}`);
    faults.push(...(await runAxe(page, `${name} ${what}`)));
    await checkViolations();
  };
  /** Asks the service itself, past the buttons: the gate is shut there too. */
  person.forced = async (path, body, code) => {
    const answer = await page.evaluate(async ([target, sent]) => {
      const session = await (await fetch('/api/v1/session')).json();
      const told = await fetch(`/api/v1${target}`, { method: 'POST', body: JSON.stringify(sent), headers: { 'content-type': 'application/json', 'x-csrf-token': session.csrf_token, 'accept-language': 'zh-CN' } });
      return told.json();
    }, [path, body]);
    if (answer.code !== code || !(answer.title?.length > 12)) faults.push(`${name}: ${path} was to be refused as ${code}: ${JSON.stringify(answer)}`);
    else say(`${name}: ${code}: ${answer.title}`);
  };
  person.newest = (path) => page.evaluate(async (target) => (await (await fetch(`/api/v1${target}`)).json()).items[0].id, path);
  person.leave = async () => {
    faults.push(...seen.map((fault) => `${name}: ${fault}`));
    await context.close();
  };
  return person;
}

const DOCUMENT = { 批准文件文号: '杭事管〔2026〕8号' };

async function getAnIndicator(manager, authority) {
  await manager.at('/establishment');
  await manager.press('申请指标');
  await manager.fill('价格（元，不含购置税）', '180001');
  await manager.page.locator('.dialog .notice-bad', { hasText: '价格超过标准上限' }).waitFor({ timeout: WAIT });
  await manager.look('over-the-standard');
  await manager.fill('价格（元，不含购置税）', '158000');
  await manager.page.locator('.dialog .notice-good', { hasText: '符合配备标准' }).waitFor({ timeout: WAIT });
  await manager.fill('经费来源', '一般公共预算');
  await manager.fill('事由', '调研接待用车不足');
  await manager.refused('没有空编', '提交');
  await manager.close();

  await manager.press('申请编制调整');
  await manager.fill('数量', '1');
  await manager.fill('事由', '机构改革核增');
  await manager.send();
  await authority.step('/establishment?view=change', '审核');
  await authority.send();
  await authority.step('/establishment?view=change', '批准', DOCUMENT);
  await authority.send();

  await manager.at('/establishment');
  await manager.press('申请指标');
  for (const [field, text] of [['价格（元，不含购置税）', '158000'], ['经费来源', '一般公共预算'], ['事由', '调研接待用车不足']]) await manager.fill(field, text);
  await manager.send('提交');
  await manager.at('/purchases');
  await manager.press('申请购置');
  await manager.fill('事由', '先买后批');
  await manager.refused('没有已下达的指标');
  await manager.close();
  const indicator = await manager.newest('/indicators');
  await manager.forced('/purchases', { indicator_id: indicator, reason: '先买后批' }, 'purchase.no_indicator');
  await manager.forced('/budgets', { unit_id: await unitOf(manager), year: 2026, lines: [{ indicator_id: indicator, amount_fen: 1 }], reason: '先列预算' }, 'budget.no_indicator');
  await authority.forced(`/indicators/${indicator}/steps`, { action: 'issue', document: '文' }, 'indicator.gate');
  await authority.step('/establishment?view=indicator', '审核');
  await authority.send();
  await authority.step('/establishment?view=indicator', '下达', DOCUMENT);
  await authority.send();
  await manager.forced('/purchases', { indicator_id: indicator, reason: '先买后批' }, 'purchase.no_budget');
  await manager.at('/establishment');
  await manager.look('ledger');
}

const unitOf = (person) => person.page.evaluate(async () => (await (await fetch('/api/v1/session')).json()).account.unit_id);

async function buyTheCar(manager, authority) {
  await manager.at('/purchases?view=budget');
  await manager.press('上报预算');
  await manager.page.locator('.dialog fieldset input').first().fill('160000');
  await manager.fill('事由', '年度配备更新计划');
  await manager.send('提交');
  await authority.step('/purchases?view=budget', '批准', DOCUMENT);
  await authority.send();
  await manager.at('/purchases');
  await manager.press('申请购置');
  await manager.page.locator('.dialog input[type="radio"]').first().check();
  await manager.fill('事由', '购置');
  await manager.send();
  const purchase = await manager.newest('/purchases');
  const contract = { number: '1', supplier: '甲', model: '红旗 E-QM5', seats: 5, price_fen: 15_800_000, tax_fen: 0, on: today };
  await manager.forced(`/purchases/${purchase}/steps`, { action: 'contract', contract }, 'purchase.gate');
  await manager.forced(`/purchases/${purchase}/registration`, { plate: '浙AD10001', certificate: '1', owner_unit_id: await unitOf(manager), registered_on: today }, 'purchase.gate');
  await authority.step('/purchases', '批准', DOCUMENT);
  await authority.send();
  await manager.step('/purchases', '提交政府采购');
  await manager.send();
  const signed = { 合同编号: 'CG-2026-17', 供应商: '浙江某汽车销售公司', 厂牌型号: '红旗 E-QM5', 座位数: '5', '价格（元，不含购置税）': '160001', '购置税（元）': '0', 日期: today };
  await manager.step('/purchases', '签约', signed);
  await manager.refused('超过批复预算');
  await manager.fill('价格（元，不含购置税）', '158000');
  await manager.send();
  await manager.step('/purchases', '验收', { 车辆识别代号: VIN, '发动机（电机）号': 'TZ220XS-1', 发票号: 'FP-1', 日期: today, 验收结论: '与合同一致' });
  await manager.send();
  await manager.step('/purchases', '上牌登记', { 号牌号码: '浙AD10001', '登记证书或成交、报废证明编号': '330012345678', 初次登记日期: today });
  await manager.send();
  await manager.look('bought');
}

async function disposeOfIt(manager, authority) {
  await manager.at('/disposals');
  await manager.press('申请处置');
  await manager.fill('车辆', '浙AD10001');
  await manager.page.locator('.dialog .unit-hit').first().click();
  await manager.fill('处置原因', '超编或闲置');
  await manager.fill('行驶里程（公里）', '210000');
  await manager.fill('事由', '闲置');
  await manager.send();
  const disposal = await manager.newest('/disposals');
  await authority.forced(`/disposals/${disposal}/steps`, { action: 'approve', document: '文' }, 'disposal.gate');
  await manager.step('/disposals', '评估', { '评估价（元）': '25200', 评估机构: '某资产评估公司', 评估报告编号: '评报字11号' });
  await manager.send();
  const sold = { on: today, buyer: '甲', sale_fen: 1, costs_fen: 0, certificate: '1' };
  await manager.forced(`/disposals/${disposal}/steps`, { action: 'execute', sale: sold }, 'disposal.gate');
  await authority.step('/disposals', '批准', DOCUMENT);
  await authority.send();
  await manager.step('/disposals', '执行处置', { 日期: today, 买受人或接收单位: '竞得人甲', '处置收入（元）': '31500', '处置费用（元）': '1500', '登记证书或成交、报废证明编号': '拍成字3号' });
  await manager.send();
  await manager.forced(`/disposals/${disposal}/steps`, { action: 'close', document: '文' }, 'disposal.gate');
  await manager.step('/disposals', '收益缴库', { 日期: today, '缴库金额（元）': '29999', 非税收入缴款书号: '非税1号' });
  await manager.refused('须等于处置收入减处置费用');
  await manager.fill('缴库金额（元）', '30000');
  await manager.send();
  await manager.step('/disposals', '注销归档', DOCUMENT);
  await manager.send();
  await manager.at('/disposals');
  await manager.press(/全生命周期$/);
  await manager.page.locator('.life-told .life-steps li', { hasText: '收益缴库' }).waitFor({ timeout: WAIT });
  for (const words of ['上牌登记', '签约', '公开拍卖', '330012345678']) {
    if (!(await manager.page.locator('.life-told').innerText()).includes(words)) faults.push(`the life of the car says nothing of ${words}`);
  }
  await manager.look('life');
  await manager.at('/establishment');
  await manager.page.locator('td', { hasText: '空编 1' }).first().waitFor({ timeout: WAIT });
  await manager.look('released');
}

const [manager, authority] = [await enter('manager'), await enter('authority')];
try {
  await getAnIndicator(manager, authority);
  await buyTheCar(manager, authority);
  await disposeOfIt(manager, authority);
  await manager.page.setViewportSize({ width: 390, height: 844 });
  for (const [path, what] of [['/establishment', 'phone-ledger'], ['/purchases', 'phone-purchases'], ['/disposals', 'phone-disposals']]) {
    await manager.at(path);
    const wide = await manager.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) faults.push(`${path} is ${wide} px wider than a telephone`);
    await manager.look(what);
  }
} catch (error) {
  faults.push(String(error.stack ?? error));
  for (const person of [manager, authority]) await picture(person.page, SHOTS_DIR, `lifecycle-${person.name}-stuck`).catch(() => undefined);
}
await manager.leave();
await authority.leave();
await browser.close();
for (const fault of faults) console.error(`lifecycle: ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
