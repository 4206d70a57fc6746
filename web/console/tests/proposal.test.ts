import { describe, expect, it } from 'vitest';
import { keyOf, ofCar } from '../src/trips/proposal';
import type { ProposedOrder } from '../src/trips/types';

const line = (change: Partial<ProposedOrder>): ProposedOrder => ({ request_id: 'r', number: 'n', applicant: '', order_id: null, vehicle_id: 'v', plate: '', driver_id: 'd', driver: '', depart_at: '', pick_up_at: '', free_at: '', deadhead_m: 0, cost_fen: 0, reasons: [], alternatives: [], ...change });

describe('a plan beside the board', () => {
  it('names each line, also of several cars for one request', () => {
    const lines = [line({}), line({}), line({ order_id: 'o' })];
    expect(new Set(lines.map(keyOf)).size).toBe(3);
  });

  it('is drawn on the rows of its cars alone', () => {
    expect(ofCar([line({}), line({ vehicle_id: 'w' })], 'w')).toHaveLength(1);
  });
});
