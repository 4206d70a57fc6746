/** The tree of units, drawn a screenful at a time (虚拟化机构树): arrows, Home and End move, letters find by name or pinyin. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useText } from '../i18n';
import { Icon } from '../ui/icon';
import { number } from '../ui/format';
import { searchUnits } from './api';
import { hasBelow, isGone, move, type Rows, visible } from './tree';

const ROW_PX = 34;
const PHONE_ROW_PX = 44;
/** Letters typed within this time belong together. */
const TYPING_MS = 700;

interface TreeProps {
  rows: Rows;
  open: ReadonlySet<string>;
  onOpen: (open: ReadonlySet<string>) => void;
  withGone: boolean;
  chosen: string | null;
  onChoose: (id: string) => void;
}

export function Tree({ rows, open, onOpen, withGone, chosen, onChoose }: TreeProps) {
  const t = useText();
  const { tree } = rows;
  const scroller = useRef<HTMLDivElement>(null);
  const seen = useMemo(() => visible(rows, open, withGone), [rows, open, withGone]);
  const height = matchMedia('(max-width: 640px)').matches ? PHONE_ROW_PX : ROW_PX;
  const list = useVirtualizer({ count: seen.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 8 });
  const at = chosen === null ? -1 : (rows.at.get(chosen) ?? -1);
  const here = useMemo(() => seen.indexOf(at), [seen, at]);
  useEffect(() => {
    if (here >= 0) list.scrollToIndex(here, { align: 'auto' });
    // Only when another unit is chosen, not when rows open above it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen]);

  const toggle = (row: number, isOpen = open.has(tree.ids[row]!)) => {
    const next = new Set(open);
    if (isOpen) next.delete(tree.ids[row]!);
    else next.add(tree.ids[row]!);
    onOpen(next);
  };

  const typed = useRef({ text: '', when: 0 });
  const find = (letter: string) => {
    const now = performance.now();
    const text = now - typed.current.when < TYPING_MS ? typed.current.text + letter : letter;
    typed.current = { text, when: now };
    const order = [...seen.slice(here + (text.length > 1 ? 0 : 1)), ...seen];
    const hit = order.find((row) => tree.names[row]!.toLowerCase().startsWith(text.toLowerCase()));
    if (hit !== undefined) return onChoose(tree.ids[hit]!);
    // Nobody types Chinese into a tree: what the letters spell, the service knows.
    void searchUnits(text, 1)
      .then(({ items }) => typed.current.text === text && items[0] && onChoose(items[0].id))
      .catch(() => {});
  };

  const onKey = (event: React.KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key.length === 1 && event.key !== ' ') {
      event.stopPropagation();
      find(event.key);
      return;
    }
    if (event.key === 'Enter' || event.key === ' ') {
      if (at >= 0 && hasBelow(rows, at)) toggle(at);
      event.preventDefault();
      return;
    }
    const step = move(rows, seen, at, open, event.key);
    if (event.key.startsWith('Arrow') || ['Home', 'End', 'PageUp', 'PageDown'].includes(event.key)) event.preventDefault();
    if (!step) return;
    if ('to' in step) onChoose(tree.ids[step.to]!);
    else if ('open' in step) toggle(step.open, false);
    else toggle(step.close, true);
  };

  return (
    <div ref={scroller} className="unit-tree" role="tree" tabIndex={0} aria-label={t('units.tree', { total: number(tree.ids.length) })} aria-activedescendant={here >= 0 ? `unit-${tree.ids[at]}` : undefined} onKeyDown={onKey}>
      <div style={{ height: list.getTotalSize(), position: 'relative' }} role="presentation">
        {list.getVirtualItems().map((item) => {
          const row = seen[item.index]!;
          const id = tree.ids[row]!;
          const parts = hasBelow(rows, row);
          const isOpen = open.has(id);
          const depth = tree.depths[row]!;
          const status = tree.status_names[tree.status[row]!]!;
          return (
            <div
              key={id}
              id={`unit-${id}`}
              role="treeitem"
              aria-level={depth + 1}
              aria-posinset={rows.place[row]}
              aria-setsize={rows.siblings[row]}
              aria-expanded={parts ? isOpen : undefined}
              aria-selected={id === chosen}
              className={`unit-row${isGone(rows, row) ? ' unit-gone' : ''}`}
              style={{ height, transform: `translateY(${item.start}px)`, paddingInlineStart: 8 + depth * 18 }}
              onClick={() => onChoose(id)}
              onDoubleClick={() => parts && toggle(row)}
            >
              <span
                className={`unit-twist${parts ? '' : ' unit-leaf'}${isOpen ? ' unit-open' : ''}`}
                aria-hidden="true"
                onClick={(event) => {
                  if (!parts) return;
                  event.stopPropagation();
                  toggle(row);
                }}
              >
                {parts && <Icon name="right" size={14} />}
              </span>
              <span className={`unit-kind unit-kind-${tree.kind_names[tree.kinds[row]!]}`} aria-hidden="true" />
              <span className="unit-name">{tree.names[row]}</span>
              {status !== 'active' && <span className="state">{t(`units.status_${status}`)}</span>}
              {parts && <span className="unit-count num">{number(rows.end[row]! - row - 1)}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}
