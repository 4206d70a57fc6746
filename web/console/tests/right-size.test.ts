import { describe, expect, it } from 'vitest';
import { changed, type FleetClass, kinds } from '../src/running/right-size';

const fuel = { category: 'other', seats: 5, is_electric: false };
const electric = { ...fuel, is_electric: true };
const of = (kind: typeof fuel, cars: number): FleetClass => ({ ...kind, cars, trips: 0, days: 0, distance_m: 0 });

describe('a fleet of another size', () => {
  it('takes no more cars away than there are and forgets a change that is none', () => {
    let changes = changed([], fuel, 2, -1);
    expect(changes).toEqual([{ ...fuel, count: -1 }]);
    changes = changed(changed(changes, fuel, 2, -1), fuel, 2, -1);
    expect(changes).toEqual([{ ...fuel, count: -2 }]);
    expect(changed(changed(changes, fuel, 2, 1), fuel, 2, 1)).toEqual([]);
  });

  it('keeps the changes of other classes', () => {
    expect(changed([{ ...fuel, count: -2 }], electric, 0, 2)).toEqual([
      { ...fuel, count: -2 },
      { ...electric, count: 2 },
    ]);
  });

  it('offers the electric car beside each with fuel', () => {
    expect(kinds([of(fuel, 3)])).toEqual([
      { ...fuel, cars: 3 },
      { ...electric, cars: 0 },
    ]);
    expect(kinds([of(electric, 1), of(fuel, 3)]).map((kind) => kind.cars)).toEqual([3, 1]);
  });
});
