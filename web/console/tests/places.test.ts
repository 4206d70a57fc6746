import { describe, expect, it } from 'vitest';
import { home, inBar, layOut, leadsTo, mayBeAt, DESTINATIONS } from '../src/app/places';

const SECURITY = ['manage_accounts', 'import_accounts', 'read_rules'];

describe('places', () => {
  it('the bar holds what the permissions open, and nothing that the service would refuse', () => {
    expect(inBar(SECURITY).map((place) => place.path)).toEqual(['/rules', '/admin/units', '/admin/accounts']);
    expect(inBar(['watch_vehicles', 'watch_terminals']).map((place) => place.path)).toEqual(['/', '/seals', '/maintenance', '/defects', '/accidents', '/admin/terminals', '/admin/units']);
    expect(inBar(['watch_trips']).filter((place) => place.group === 'oversight').map((place) => place.path)).toEqual(['/findings', '/cases', '/admin/sensitive-places', '/figures', '/right-size']);
    expect(inBar(['drive_trips']).map((place) => place.path)).toEqual(['/findings']);
    expect(inBar([])).toEqual([]);
  });
  it('few places stand side by side, many in menus, and none is lost', () => {
    const few = DESTINATIONS.slice(0, 6);
    expect(layOut(few).map((entry) => entry.places)).toEqual(few.map((place) => [place]));
    const all = inBar(DESTINATIONS.flatMap(({ needs }) => (needs === null ? [] : needs)));
    const entries = layOut(all);
    expect(entries.length).toBeLessThanOrEqual(6);
    expect(entries.flatMap((entry) => entry.places)).toEqual(all);
    expect(entries.every((entry) => entry.places.length > 1 || entry.text === entry.places[0]!.text)).toBe(true);
  });
  it('money is for who watches and settles trips, and within it each page by its own permission', () => {
    expect(inBar(['watch_trips']).map((place) => place.path)).toContain('/settlements');
    expect(inBar(['request_trips']).map((place) => place.path)).not.toContain('/settlements');
    expect([mayBeAt('/allowances', ['settle_trips']), mayBeAt('/allowances', ['watch_trips']), mayBeAt('/public', [])]).toEqual([false, true, true]);
    expect(leadsTo(DESTINATIONS.find((place) => place.path === '/settlements')!, '/public')).toBe(true);
  });
  it('who only drives begins in the terminal made for that, and nobody else does', () => {
    expect([home(['drive_trips']), home(['drive_trips', 'watch_vehicles'])]).toEqual(['/driver/', '/']);
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
  });
});
