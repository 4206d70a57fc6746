/** Where one can go (导航): each place once, for the bar, for the address and for who may be there. */

import type { IconName } from '../ui/icon';

export interface Destination {
  path: string;
  text: string;
  icon: IconName;
  /** The permission without which the service refuses what the place shows, or one of several; none: it is one's own business. */
  needs: string | readonly string[] | null;
  /** It has no link in the bar: another place leads there. */
  isWithin?: string;
}

export const DESTINATIONS: Destination[] = [
  { path: '/', text: 'nav.map', icon: 'map', needs: ['watch_vehicles', 'request_trips'] },
  { path: '/drivers', text: 'nav.drivers', icon: 'wheel', needs: ['manage_drivers', 'dispatch_trips', 'watch_trips'] },
  { path: '/settlements', text: 'nav.settlements', icon: 'coin', needs: ['settle_trips', 'watch_trips'] },
  { path: '/allowances', text: 'nav.settlements', icon: 'coin', needs: 'watch_trips', isWithin: '/settlements' },
  { path: '/public', text: 'nav.settlements', icon: 'book', needs: null, isWithin: '/settlements' },
  { path: '/seals', text: 'nav.seals', icon: 'lock', needs: 'watch_vehicles' },
  { path: '/admin/terminals', text: 'nav.terminals', icon: 'chip', needs: 'watch_terminals' },
  { path: '/admin/devices', text: 'nav.devices', icon: 'chip', needs: 'manage_fleet', isWithin: '/admin/terminals' },
  { path: '/rules', text: 'nav.rules', icon: 'book', needs: 'read_rules' },
  { path: '/admin/units', text: 'nav.units', icon: 'tree', needs: null },
  { path: '/flows', text: 'nav.flows', icon: 'flow', needs: 'manage_flows' },
  { path: '/admin/firmware', text: 'nav.firmware', icon: 'download', needs: 'manage_fleet' },
  { path: '/admin/accounts', text: 'nav.accounts', icon: 'user', needs: ['manage_accounts', 'define_roles'] },
  { path: '/admin/audit', text: 'nav.audit', icon: 'log', needs: 'read_audit' },
  { path: '/admin/data-handling', text: 'nav.handling', icon: 'log', needs: 'read_audit', isWithin: '/admin/audit' },
];

/** Whether who has these permissions finds anything at the address. */
export function mayBeAt(path: string, permissions: readonly string[]): boolean {
  const needs = DESTINATIONS.find((place) => place.path === path)?.needs ?? null;
  return needs === null || [needs].flat().some((one) => permissions.includes(one));
}

/** The links in the bar. Who may do nothing but drive and their own business needs no tree of units. */
export function inBar(permissions: readonly string[]): Destination[] {
  const isOffice = permissions.some((permission) => permission !== 'drive_trips');
  return DESTINATIONS.filter((place) => !place.isWithin && mayBeAt(place.path, permissions) && (isOffice || place.needs !== null));
}

/** Whether the link to `place` is where one is. */
export function leadsTo(place: Destination, path: string): boolean {
  return place.path === path || DESTINATIONS.some((other) => other.path === path && other.isWithin === place.path);
}

/** The driver's terminal, an application of its own. */
export const DRIVER_APP = '/driver/';

/** Where who has these permissions begins: the map, or the first place of theirs; who only drives, in the terminal made for that. */
export function home(permissions: readonly string[]): string {
  if (permissions.length > 0 && permissions.every((permission) => permission === 'drive_trips')) return DRIVER_APP;
  return inBar(permissions)[0]?.path ?? '/messages';
}
