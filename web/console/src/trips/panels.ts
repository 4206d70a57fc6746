/** Which panels of the dock one has, and which is open (面板). */

export type Tab = 'approvals' | 'dispatch' | 'mine' | 'trips';
export type Panel = Tab | 'apply';

const NEEDS: [Panel, string][] = [
  ['approvals', 'approve_trips'],
  ['dispatch', 'dispatch_trips'],
  ['mine', 'request_trips'],
  ['trips', 'watch_trips'],
  ['apply', 'request_trips'],
];

export function tabsOf(permissions: readonly string[]): Tab[] {
  return NEEDS.filter(([panel, needs]) => panel !== 'apply' && permissions.includes(needs)).map(([panel]) => panel as Tab);
}

/** The panel that the address names, if it is one's own. On a wide screen the inbox stays open beside the map. */
export function panelOf(named: string | null, permissions: readonly string[], isPinned: boolean): Panel | null {
  const found = NEEDS.find(([panel, needs]) => panel === named && permissions.includes(needs));
  if (found) return found[0];
  const tabs = tabsOf(permissions);
  if (named === null && !permissions.includes('watch_vehicles')) return tabs[0] ?? null;
  return isPinned ? (tabs.find((tab) => tab === 'approvals' || tab === 'dispatch') ?? null) : null;
}
