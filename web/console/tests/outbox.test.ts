import { describe, expect, it } from 'vitest';
import { after, type DriverAction, type OrderState } from '../src/driver/order';
import { deliver, judge, keep, receipt, type Attempt, type Lane, type Record, type Shelf, type Tap } from '../src/driver/outbox';

/** A stream of numbers from a seed, so that a schedule that fails can be played again. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What lies on the disk: it outlives the page. */
function disk(): Shelf & { lies: Map<number, Record> } {
  const lies = new Map<number, Record>();
  let last = 0;
  return {
    lies,
    add: async (record) => (lies.set(++last, { ...record, seq: last }), last),
    all: async () => [...lies.values()].sort((a, b) => a.seq - b.seq),
    put: async (record) => void lies.set(record.seq, record),
    remove: async (seq) => void lies.delete(seq),
  };
}

/** The service as the terminal may rely on it: it remembers keys, refuses what does not fit, and writes down each thing once. */
class Service {
  readonly written: { key: string; what: string }[] = [];
  private readonly known = new Set<string>();
  private state: OrderState = 'accepted';

  hear(record: Record): Attempt {
    if (this.known.has(record.key)) return { is: 'done', answer: 'again' };
    if (record.kind === 'action') {
      const { action } = record.body as { action: DriverAction };
      const next = after(this.state, action);
      if (!next) return { is: 'refused', problem: { code: 'trip.state' } };
      this.state = next;
    }
    this.known.add(record.key);
    this.written.push({ key: record.key, what: record.kind === 'action' ? (record.body as { action: string }).action : record.kind });
    return { is: 'done', answer: 'first' };
  }
}

class Killed extends Error {}

/** A line that comes and goes: a question may be lost on the way there, or its answer on the way back, or the page may be killed. */
function line(service: Service, random: () => number) {
  let isUp = false;
  return {
    flip: () => void (isUp = random() < 0.5),
    restore: () => void (isUp = true),
    send: async (record: Record, isCalm = false): Promise<Attempt> => {
      await null;
      if (!isUp) return { is: 'later', why: 'away' };
      const fate = isCalm ? 1 : random();
      if (fate < 0.15) return { is: 'later', why: 'away' };
      if (fate < 0.2) throw new Killed();
      if (fate < 0.25) return { is: 'later', why: 'busy' };
      const answer = service.hear(record);
      if (fate < 0.4) return { is: 'later', why: 'away' };
      if (fate < 0.45) throw new Killed();
      return answer;
    },
  };
}

const TRIP: readonly DriverAction[] = ['depart', 'arrive', 'wait', 'resume', 'arrive', 'wait', 'return', 'reopen', 'return'];
const tapOf = (n: number, kind: Record['kind'], body: object, lane: Lane = 'orders'): Tap => ({ key: `key-${n}`, account: 'a', order: 'o', lane, kind, at: `2026-03-02T04:00:${String(n).padStart(2, '0')}Z`, body });

/** A shift: a whole trip with costs and places between its moves. */
function shift(random: () => number): Tap[] {
  const taps: Tap[] = [];
  for (const action of TRIP) {
    taps.push(tapOf(taps.length, 'action', { action }));
    if (random() < 0.4) taps.push(tapOf(taps.length, 'positions', { items: [] }));
    if (random() < 0.3) taps.push(tapOf(taps.length, 'expense', { kind: 'toll', amount_fen: 100 }));
  }
  return taps;
}

describe('the outbox', () => {
  it('delivers each tap once and in order whenever the line is cut and restored', async () => {
    for (let seed = 1; seed <= 1000; seed += 1) {
      const random = chance(seed);
      const [shelf, service] = [disk(), new Service()];
      const network = line(service, random);
      const taps = shift(random);
      const run = () => deliver(shelf, 'a', 'orders', (record) => network.send(record)).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      for (const tap of taps) {
        await keep(shelf, tap);
        network.flip();
        // Whatever calls it: a tap, the line that comes back, a timer; and sometimes a second window at the same time.
        const senders = Math.floor(random() * 3);
        await Promise.all(Array.from({ length: senders }, run));
      }
      expect(shelf.lies.size, `seed ${seed}: something waits or everything went`).toBeLessThanOrEqual(taps.length);
      network.restore();
      expect(await deliver(shelf, 'a', 'orders', (record) => network.send(record, true))).toBe('empty');
      expect(service.written.map((one) => one.key), `seed ${seed}`).toEqual(taps.map((tap) => tap.key));
      expect(shelf.lies.size, `seed ${seed}: nothing is left`).toBe(0);
    }
  });

  it('keeps what is refused for good, says why, and goes on', async () => {
    const [shelf, service] = [disk(), new Service()];
    for (const [n, action] of ['accept', 'depart', 'return'].entries()) await keep(shelf, tapOf(n, 'action', { action }));
    const told: string[] = [];
    await deliver(shelf, 'a', 'orders', async (record) => service.hear(record), (record, attempt) => told.push(`${record.key} ${attempt.is}`));
    expect(told).toEqual(['key-0 refused', 'key-1 done', 'key-2 done']);
    expect([...shelf.lies.values()]).toMatchObject([{ key: 'key-0', state: 'refused', problem: { code: 'trip.state' } }]);
    expect(await deliver(shelf, 'a', 'orders', async () => expect.unreachable())).toBe('empty');
  });

  it('sends a call for help past what waits, and never the taps of somebody else', async () => {
    const shelf = disk();
    await keep(shelf, tapOf(0, 'action', { action: 'depart' }));
    await keep(shelf, { ...tapOf(1, 'action', { action: 'return' }), account: 'b' });
    await keep(shelf, tapOf(2, 'sos', { kind: 'help' }, 'sos'));
    const sent: string[] = [];
    const send = async (record: Record): Promise<Attempt> => (sent.push(record.key), { is: 'done', answer: null });
    await deliver(shelf, 'a', 'sos', send);
    await deliver(shelf, 'a', 'orders', send);
    expect(sent).toEqual(['key-2', 'key-0']);
    expect([...shelf.lies.values()].map((record) => record.key)).toEqual(['key-1']);
  });

  it('tries again what passes by itself, and nothing else', () => {
    const cases: [number, string, string][] = [
      [401, 'auth.required', 'sign_in'],
      [403, 'auth.csrf', 'sign_in'],
      [403, 'auth.password_due', 'sign_in'],
      [503, 'store.unavailable', 'busy'],
      [429, 'auth.too_many', 'busy'],
      [403, 'auth.forbidden', 'refused'],
      [404, 'store.not_found', 'refused'],
      [409, 'order.defect', 'refused'],
      [422, 'request.invalid', 'refused'],
    ];
    for (const [status, code, said] of cases) {
      const attempt = judge(status, { code });
      expect(attempt.is === 'later' ? attempt.why : attempt.is, `${status} ${code}`).toBe(said);
    }
  });

  it('has a number for each record that a driver can read out', () => {
    expect(receipt({ key: '0192f0c4-7a51-4c1e-9b5e-6f1f3f9a2c4d' })).toBe('9A2C4D');
  });
});
