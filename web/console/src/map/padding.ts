/** How much of the map the panels cover, measured where they are: the camera aims at the rest. */

import { type RefObject, useEffect } from 'react';
import type { MapHandle } from './map';

export function usePanelPadding(map: MapHandle | null, holder: RefObject<HTMLElement | null>, layout: string): void {
  useEffect(() => {
    const screen = holder.current?.parentElement;
    if (!map || !screen) return;
    const measure = () => {
      const whole = screen.getBoundingClientRect();
      const covered = { top: 0, right: 0, bottom: 0, left: 0 };
      for (const panel of screen.querySelectorAll<HTMLElement>('[data-covers]')) {
        const box = panel.getBoundingClientRect();
        if (box.width === 0 || box.height === 0) continue;
        // A panel as wide as the screen is a sheet at the bottom, whatever it is on a larger screen.
        const side = box.width > whole.width * 0.7 ? 'bottom' : (panel.dataset.covers as keyof typeof covered);
        if (side === 'left') covered.left = Math.max(covered.left, box.right - whole.left);
        if (side === 'right') covered.right = Math.max(covered.right, whole.right - box.left);
        if (side === 'bottom') covered.bottom = Math.max(covered.bottom, whole.bottom - box.top);
      }
      map.setPadding(covered);
    };
    const sizes = new ResizeObserver(measure);
    // A panel may come later than its address: its code is fetched first.
    const children = new MutationObserver(watch);
    function watch() {
      for (const panel of screen!.querySelectorAll(':scope > .panel, :scope > aside')) {
        sizes.observe(panel);
        children.observe(panel, { attributes: true, attributeFilter: ['data-covers'] });
      }
      measure();
    }
    sizes.observe(screen);
    children.observe(screen, { childList: true });
    watch();
    return () => {
      sizes.disconnect();
      children.disconnect();
    };
  }, [map, holder, layout]);
}
