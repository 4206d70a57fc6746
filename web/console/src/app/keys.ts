/** Keys (快捷键): single letters never act while one writes. What each does, `KeyHelp` shows. */

import { useEffect, useRef } from 'react';

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
