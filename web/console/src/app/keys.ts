/** Keys (快捷键): one list for the handler and for the page that shows them. Single letters never act while one writes. */

import { useEffect, useRef } from 'react';

export interface KeyHelp {
  keys: string[];
  text: string;
}

export const KEY_HELP: { group: string; rows: KeyHelp[] }[] = [
  {
    group: 'keys.global',
    rows: [
      { keys: ['/'], text: 'keys.search' },
      { keys: ['1', '2', '3', '4'], text: 'keys.status' },
      { keys: ['5'], text: 'keys.all' },
      { keys: ['J', 'K'], text: 'keys.next' },
      { keys: ['['], text: 'keys.panel' },
      { keys: ['+', '−'], text: 'keys.zoom' },
      { keys: ['0'], text: 'keys.fit' },
      { keys: ['M'], text: 'keys.map' },
      { keys: ['Esc'], text: 'keys.close' },
      { keys: ['U'], text: 'keys.urgent' },
      { keys: ['E'], text: 'keys.explain' },
      { keys: ['?'], text: 'keys.help' },
    ],
  },
  {
    group: 'keys.vehicle',
    rows: [
      { keys: ['F'], text: 'keys.follow' },
      { keys: ['P'], text: 'keys.playback' },
    ],
  },
  {
    group: 'keys.trips',
    rows: [
      { keys: ['A'], text: 'keys.approvals' },
      { keys: ['D'], text: 'keys.board' },
      { keys: ['Y', 'N'], text: 'keys.decide' },
      { keys: ['Z'], text: 'keys.undo' },
      { keys: ['1–9'], text: 'keys.car' },
      { keys: ['Enter'], text: 'keys.dispatch' },
      { keys: ['Ctrl', 'Enter'], text: 'keys.submit' },
    ],
  },
  {
    group: 'keys.playback_group',
    rows: [
      { keys: ['Space'], text: 'keys.play' },
      { keys: ['←', '→'], text: 'keys.seek' },
      { keys: ['Shift', '←', '→'], text: 'keys.event' },
      { keys: [',', '.'], text: 'keys.rate' },
    ],
  },
];

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['range', 'checkbox', 'radio', 'button'].includes(target.type);
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.shiftKey && event.key.length > 1 ? `Shift+${key}` : key;
}

/** Acts on keys by name; a handler that returns false leaves the key to others. */
export function useKeys(handlers: Record<string, () => void | boolean>, enabled = true): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      // An open dialog or menu has the keyboard to itself.
      if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"].menu')) return;
      const name = nameOf(event);
      if (isWriting(event.target) && name !== 'Escape') return;
      if (name === ' ' && event.target instanceof HTMLElement && event.target.closest('button, a, [role="button"]')) return;
      const handler = latest.current[name];
      if (!handler || handler() === false) return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [enabled]);
}
