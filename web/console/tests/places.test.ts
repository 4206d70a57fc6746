import { describe, expect, it } from 'vitest';
import { home, inBar, leadsTo, mayBeAt, DESTINATIONS } from '../src/app/places';

const SECURITY = ['manage_accounts', 'import_accounts', 'read_rules'];

describe('places', () => {
  it('the bar holds what the permissions open, and nothing that the service would refuse', () => {
    expect(inBar(SECURITY).map((place) => place.path)).toEqual(['/rules', '/admin/units', '/admin/accounts']);
    expect(inBar(['watch_vehicles', 'watch_terminals']).map((place) => place.path)).toEqual(['/', '/seals', '/admin/terminals', '/admin/units']);
    expect(inBar(['watch_trips']).map((place) => place.path)).toEqual(['/drivers', '/findings', '/admin/units']);
    expect(inBar(['drive_trips']).map((place) => place.path)).toEqual(['/findings']);
    expect(inBar([])).toEqual([]);
  });
  it('whoever has no map begins with the first place of theirs', () => {
    expect([home(['watch_vehicles']), home(SECURITY), home([])]).toEqual(['/', '/rules', '/messages']);
  });
  it('a driver finds own findings, and neither cases nor defects of others', () => {
    expect(['/findings', '/cases', '/defects', '/admin/sensitive-places'].map((path) => mayBeAt(path, ['drive_trips']))).toEqual([true, false, false, false]);
  });
  it('an address typed by hand asks for the same permission as the link', () => {
    for (const { path, needs } of DESTINATIONS) {
      for (const one of needs === null ? [] : [needs].flat()) expect(mayBeAt(path, [one])).toBe(true);
      expect(mayBeAt(path, [])).toBe(needs === null);
    }
    expect(mayBeAt('/messages', [])).toBe(true);
  });
  it('a place within another marks the link of that one', () => {
    const [terminals] = DESTINATIONS.filter((place) => place.path === '/admin/terminals');
    expect(leadsTo(terminals!, '/admin/devices')).toBe(true);
    expect(leadsTo(terminals!, '/admin/accounts')).toBe(false);
    const [findings] = DESTINATIONS.filter((place) => place.path === '/findings');
    expect(['/cases', '/admin/sensitive-places', '/defects'].map((path) => leadsTo(findings!, path))).toEqual([true, true, false]);
  });
});
