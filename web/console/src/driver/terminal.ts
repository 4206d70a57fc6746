/** The terminal at work: what is known here, what was tapped, and when the service is asked. Screens only look and tap. */

import { useSyncExternalStore } from 'react';
import { ApiError, get, post, remove, setCsrfToken, setIdleClock } from '../api/client';
import type { Pending, Session } from '../api/types';
import { idleSeconds } from '../app/idle';
import { isOnTheRoad, isOpen, withTaps, type Order } from './order';
import { deliver, keep, type Attempt, type Kind, type Lane, type Record } from './outbox';
import { send } from './send';
import { openStore, type Store } from './shelf';

export interface Defect {
  id: string;
  item: string;
  note: string;
  is_safety: boolean;
}
/** The car of an order, as the service last told of it. */
export interface Car {
  odometer_km: number | null;
  checked_at: string | null;
  is_kept: boolean;
  defects: Defect[];
}
export interface Who {
  id: string;
  name: string;
}
export interface Look {
  is_ready: boolean;
  /** Nobody: the form to sign in. */
  who: Who | null;
  pending: Pending | null;
  /** The session is over; what is tapped meanwhile waits. */
  is_over: boolean;
  is_driver: boolean;
  /** The file of who drives; null: not asked yet, or there is none. */
  driver_id: string | null;
  told: Order[];
  cars: { [order: string]: Car };
  records: Record[];
  /** The last question was answered. */
  is_online: boolean;
  asked_at: number | null;
}

const START: Look = { is_ready: false, who: null, pending: null, is_over: false, is_driver: true, driver_id: null, told: [], cars: {}, records: [], is_online: navigator.onLine, asked_at: null };
/** How long a question may take on a bad line; a photo longer. */
const PATIENCE_MS = 30_000;
const PHOTO_PATIENCE_MS = 180_000;
const LOOK_MS = 60_000;

let look = START;
let store: Store;
const listeners = new Set<() => void>();
/** The token that changes need is known. */
let hasToken = false;
/** What is told of an order only later, such as where it was: to be written down before the next tap. */
let before: (() => Promise<void>) | null = null;

export const now = () => look;
export const useLook = () => useSyncExternalStore((heard) => (listeners.add(heard), () => void listeners.delete(heard)), now);
function set(next: Partial<Look>): void {
  look = { ...look, ...next };
  for (const heard of listeners) heard();
}

/** The orders with what was tapped and not sent yet. */
export const orders = (from: Look = look): Order[] => from.told.map((order) => withTaps(order, from.records));
export const onBefore = (write: (() => Promise<void>) | null) => void (before = write);

export async function start(): Promise<void> {
  store = await openStore();
  setIdleClock(() => (orders().some((order) => isOnTheRoad(order.state)) ? 0 : idleSeconds()));
  const who = (await store.read<Who>('who')) ?? null;
  if (who) await enter(who);
  set({ is_ready: true });
  addEventListener('online', () => void wake());
  addEventListener('offline', () => set({ is_online: false }));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void wake());
  navigator.serviceWorker?.addEventListener('message', () => void wake());
  setInterval(() => void wake(), LOOK_MS);
  if (who) await wake();
}

async function enter(who: Who): Promise<void> {
  const [told, cars] = [await store.read<Order[]>(`orders:${who.id}`), await store.read<Look['cars']>(`cars:${who.id}`)];
  set({ who, told: told ?? [], cars: cars ?? {}, is_over: false });
  await reread();
}

async function reread(): Promise<void> {
  const all = await store.all();
  set({ records: all.filter((record) => record.account === look.who?.id) });
}

function holds(session: Session): void {
  setCsrfToken(session.csrf_token);
  hasToken = true;
}

/** Somebody is signed in: by the form, or as the session says. */
export async function signedIn(session: Session): Promise<void> {
  holds(session);
  const who = { id: session.account.id, name: session.account.display_name };
  if (session.pending) return set({ pending: session.pending, who: look.who ?? who });
  await store.write('who', who);
  if (look.who?.id !== who.id || look.pending) await enter(who);
  set({ pending: null, is_over: false });
  await wake();
}

export async function signIn(login: string, password: string): Promise<void> {
  await signedIn(await post<Session>('/session', { login, password }));
}

export async function signOut(): Promise<void> {
  await remove('/session').catch(() => undefined);
  setCsrfToken('');
  hasToken = false;
  const id = look.who?.id;
  for (const name of ['who', `orders:${id}`, `cars:${id}`]) await store.forget(name);
  set({ ...START, is_ready: true });
}

/** Writes a tap down, then shows it, then sees that it goes out. */
export async function tap(kind: Kind, order: string, body: object, more: { photo?: Blob; key?: string } = {}): Promise<Record> {
  const account = look.who?.id;
  if (!account) throw new Error('nobody is signed in');
  if (kind === 'action') await before?.();
  const lane: Lane = kind === 'sos' ? 'sos' : 'orders';
  const kept = await keep(store, {
    key: more.key ?? crypto.randomUUID(),
    account,
    order,
    lane,
    kind,
    at: new Date().toISOString(),
    body,
    ...(more.photo ? { photo: more.photo } : {}),
  });
  await reread();
  void pump(lane);
  void askForSync();
  return kept;
}

/** Takes a refused record off the list, when its driver has read why. */
export async function dismiss(record: Record): Promise<void> {
  await store.remove(record.seq);
  await reread();
}

let isWaking = false;
/** Sends what waits and asks what is new. */
export async function wake(): Promise<void> {
  if (!look.who || isWaking) return;
  isWaking = true;
  try {
    await renew();
    await Promise.all([pump('sos'), pump('orders')]);
    await refresh();
  } catch (error) {
    heard(error);
  } finally {
    isWaking = false;
  }
}

/** The session, with the token that changes need. */
async function renew(): Promise<void> {
  const session = await get<Session>('/session', {}, AbortSignal.timeout(PATIENCE_MS));
  holds(session);
  if (session.account.id !== look.who?.id || session.pending) {
    await signedInAs(session);
  } else {
    set({ is_over: false, is_online: true });
  }
}

/** The browser was signed in as somebody else, perhaps in the console: the terminal is theirs then. */
async function signedInAs(session: Session): Promise<void> {
  const who = { id: session.account.id, name: session.account.display_name };
  await store.write('who', who);
  await enter(who);
  set({ pending: session.pending });
}

async function refresh(): Promise<void> {
  const id = look.who?.id;
  const { driver, driver_id, tasks } = await get<{ driver: string | null; driver_id: string | null; tasks: Order[] }>('/driver/tasks', {}, AbortSignal.timeout(PATIENCE_MS)).catch((error: unknown) => {
    // Somebody who does not drive has signed in.
    if (error instanceof ApiError && error.status === 403) return { driver: null, driver_id: null, tasks: [] };
    throw error;
  });
  const cars: Look['cars'] = {};
  for (const order of tasks.filter((one) => isOpen(one.state))) cars[order.id] = await get<Car>(`/dispatch-orders/${order.id}/car`, {}, AbortSignal.timeout(PATIENCE_MS));
  if (look.who?.id !== id) return;
  await store.write(`orders:${id}`, tasks);
  await store.write(`cars:${id}`, cars);
  set({ told: tasks, cars, is_driver: driver !== null, driver_id, is_online: true, asked_at: Date.now() });
}

function heard(error: unknown): void {
  if (error instanceof ApiError) set({ is_online: true, is_over: look.is_over || error.status === 401 });
  else set({ is_online: false });
}

const pumping: { [lane in Lane]?: Promise<void> } = {};
const again: { [lane in Lane]?: boolean } = {};
const tries: { [lane in Lane]: number } = { orders: 0, sos: 0 };
const timers: { [lane in Lane]?: ReturnType<typeof setTimeout> } = {};

/** One sender a lane, whatever calls it and however many windows are open. */
function pump(lane: Lane): Promise<void> {
  again[lane] = true;
  pumping[lane] ??= (async () => {
    while (again[lane]) {
      again[lane] = false;
      await alone(`motorpool.driver.${lane}`, () => run(lane)).catch(heard);
    }
  })().finally(() => {
    pumping[lane] = undefined;
  });
  return pumping[lane];
}

async function alone(name: string, work: () => Promise<void>): Promise<void> {
  // Where there are no locks, two windows send the same record under the same key: the service does it once.
  if (navigator.locks) await navigator.locks.request(name, { ifAvailable: true }, async (lock) => lock && (await work()));
  else await work();
}

async function run(lane: Lane): Promise<void> {
  const account = look.who?.id;
  if (!account || !look.records.some((record) => record.lane === lane && record.state === 'waiting')) return;
  try {
    if (!hasToken) await renew();
  } catch (error) {
    heard(error);
    if (!(error instanceof ApiError)) retry(lane);
    return;
  }
  const ended = await deliver(store, account, lane, patiently, (record, attempt) => void told(record, attempt));
  await reread();
  if (ended === 'empty') {
    // The line was away and is back: there may be news.
    if (tries[lane] > 0) setTimeout(() => void wake());
    tries[lane] = 0;
  } else if (ended === 'sign_in') {
    // A token that was changed elsewhere is fetched again, once; a session that is over says so.
    hasToken = false;
    if (tries[lane] === 0) retry(lane);
    else set({ is_over: true });
  } else {
    if (ended === 'away') set({ is_online: false });
    retry(lane);
  }
}

/** Tries again soon, then less often: a weak line tells nobody that it is back. A call for help does not wait. */
function retry(lane: Lane): void {
  tries[lane] += 1;
  const wait = lane === 'sos' ? 2000 : Math.min(LOOK_MS, 1000 * 2 ** Math.min(tries[lane], 6));
  clearTimeout(timers[lane]);
  timers[lane] = setTimeout(() => void pump(lane), wait);
}

function patiently(record: Record): Promise<Attempt> {
  const limit = record.photo ? PHOTO_PATIENCE_MS : PATIENCE_MS;
  return Promise.race([send(record), new Promise<Attempt>((resolve) => setTimeout(() => resolve({ is: 'later', why: 'away' }), limit))]);
}

/** What an answer says is shown at once, before the next look at everything. */
async function told(record: Record, attempt: Attempt): Promise<void> {
  if (attempt.is === 'done' && record.kind === 'action') {
    const next = attempt.answer as Order;
    if (next?.id === record.order) set({ told: look.told.map((order) => (order.id === next.id ? next : order)) });
    await store.write(`orders:${record.account}`, look.told);
  }
  if (attempt.is === 'done' && record.kind === 'check') {
    set({ cars: { ...look.cars, [record.order]: attempt.answer as Car } });
    await store.write(`cars:${record.account}`, look.cars);
  }
  set({ is_online: true });
  await reread();
}

/** Background Sync, where there is any: the worker wakes the page when the line is back. */
async function askForSync(): Promise<void> {
  const ready = (await navigator.serviceWorker?.getRegistration()) as (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined;
  await ready?.sync?.register('outbox').catch(() => undefined);
}
