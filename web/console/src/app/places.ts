/** Where one can go (导航): each place once, for the bar, for the address and for who may be there. */

import type { IconName } from '../ui/icon';

/** Under which word of the bar a place stands; the map stands for itself. */
export type Group = 'map' | 'trips' | 'oversight' | 'money' | 'equipment' | 'administration';

const GROUPS: readonly { group: Group; text: string; icon: IconName }[] = [
  { group: 'map', text: 'nav.map', icon: 'map' },
  { group: 'trips', text: 'nav.group.trips', icon: 'wheel' },
  { group: 'oversight', text: 'nav.group.oversight', icon: 'warn' },
  { group: 'money', text: 'nav.group.money', icon: 'yuan' },
  { group: 'equipment', text: 'nav.group.equipment', icon: 'chip' },
  { group: 'administration', text: 'nav.group.administration', icon: 'tree' },
];

export interface Destination {
  path: string;
  group: Group;
  text: string;
  icon: IconName;
  /** The permission without which the service refuses what the place shows, or one of several; none: it is one's own business. */
  needs: string | readonly string[] | null;
  /** It has no link in the bar: another place leads there. */
  isWithin?: string;
}

export const DESTINATIONS: Destination[] = [
  { path: '/', group: 'map', text: 'nav.map', icon: 'map', needs: ['watch_vehicles', 'request_trips'] },
  { path: '/life', group: 'map', text: 'card.life', icon: 'log', needs: 'watch_vehicles', isWithin: '/' },
  { path: '/plans', group: 'trips', text: 'nav.plans', icon: 'replay', needs: ['request_trips', 'approve_trips', 'dispatch_trips', 'watch_trips'] },
  { path: '/drivers', group: 'trips', text: 'nav.drivers', icon: 'wheel', needs: ['manage_drivers', 'dispatch_trips', 'watch_trips'] },
  { path: '/seals', group: 'trips', text: 'nav.seals', icon: 'lock', needs: 'watch_vehicles' },
  { path: '/suppliers', group: 'trips', text: 'nav.suppliers', icon: 'link', needs: ['manage_fleet', 'dispatch_trips', 'watch_trips'] },
  { path: '/maintenance', group: 'trips', text: 'nav.maintenance', icon: 'chip', needs: 'watch_vehicles' },
  { path: '/defects', group: 'trips', text: 'nav.defects', icon: 'warn', needs: 'watch_vehicles' },
  { path: '/flows', group: 'trips', text: 'nav.flows', icon: 'flow', needs: 'manage_flows' },
  { path: '/findings', group: 'oversight', text: 'nav.findings', icon: 'search', needs: ['watch_trips', 'drive_trips'] },
  { path: '/cases', group: 'oversight', text: 'nav.cases', icon: 'log', needs: 'watch_trips' },
  { path: '/accidents', group: 'oversight', text: 'nav.incidents', icon: 'warn', needs: 'watch_vehicles' },
  { path: '/admin/sensitive-places', group: 'oversight', text: 'nav.places', icon: 'pin', needs: 'watch_trips' },
  { path: '/figures', group: 'oversight', text: 'nav.figures', icon: 'board', needs: 'watch_trips' },
  { path: '/wall', group: 'oversight', text: 'nav.figures', icon: 'board', needs: 'watch_trips', isWithin: '/figures' },
  { path: '/report', group: 'oversight', text: 'nav.report', icon: 'book', needs: ['watch_lifecycle', 'sign_reports'] },
  { path: '/right-size', group: 'oversight', text: 'nav.right_size', icon: 'fit', needs: 'watch_trips' },
  { path: '/settlements', group: 'money', text: 'nav.settlements', icon: 'yuan', needs: ['settle_trips', 'watch_trips'] },
  { path: '/allowances', group: 'money', text: 'nav.allowances', icon: 'yuan', needs: 'watch_trips' },
  { path: '/cards', group: 'money', text: 'nav.cards', icon: 'yuan', needs: 'watch_trips' },
  { path: '/vehicle-costs', group: 'money', text: 'nav.costs', icon: 'board', needs: 'watch_trips' },
  { path: '/public', group: 'money', text: 'nav.settlements', icon: 'book', needs: null, isWithin: '/settlements' },
  { path: '/establishment', group: 'equipment', text: 'nav.establishment', icon: 'tree', needs: 'watch_lifecycle' },
  { path: '/purchases', group: 'equipment', text: 'nav.purchases', icon: 'plus', needs: 'watch_lifecycle' },
  { path: '/disposals', group: 'equipment', text: 'nav.disposals', icon: 'replay', needs: 'watch_lifecycle' },
  { path: '/renewal', group: 'equipment', text: 'nav.renewal', icon: 'fit', needs: 'watch_lifecycle' },
  { path: '/admin/terminals', group: 'equipment', text: 'nav.terminals', icon: 'chip', needs: 'watch_terminals' },
  { path: '/admin/devices', group: 'equipment', text: 'nav.devices', icon: 'chip', needs: 'manage_fleet', isWithin: '/admin/terminals' },
  { path: '/admin/firmware', group: 'equipment', text: 'nav.firmware', icon: 'download', needs: 'manage_fleet' },
  { path: '/rules', group: 'administration', text: 'nav.rules', icon: 'book', needs: 'read_rules' },
  { path: '/admin/units', group: 'administration', text: 'nav.units', icon: 'tree', needs: null },
  { path: '/admin/peers', group: 'administration', text: 'nav.peers', icon: 'flow', needs: 'manage_peers' },
  { path: '/admin/accounts', group: 'administration', text: 'nav.accounts', icon: 'user', needs: ['manage_accounts', 'define_roles'] },
  { path: '/admin/audit', group: 'administration', text: 'nav.audit', icon: 'log', needs: 'read_audit' },
  { path: '/admin/data-handling', group: 'administration', text: 'nav.handling', icon: 'log', needs: 'read_audit', isWithin: '/admin/audit' },
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

/** A word of the bar: a place of its own, or a menu of several. */
export interface Entry {
  text: string;
  icon: IconName;
  places: readonly Destination[];
}

/** Most places that stand in the bar side by side. */
const SIDE_BY_SIDE = 6;

/** The bar as it is laid out: few places side by side, many in menus by what they are about; a menu of one place is that place. */
export function layOut(places: readonly Destination[]): Entry[] {
  const alone = (place: Destination): Entry => ({ text: place.text, icon: place.icon, places: [place] });
  if (places.length <= SIDE_BY_SIDE) return places.map(alone);
  return GROUPS.map(({ group, ...entry }) => ({ ...entry, places: places.filter((place) => place.group === group) }))
    .filter((entry) => entry.places.length > 0)
    .map((entry) => (entry.places.length === 1 ? alone(entry.places[0]!) : entry));
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
