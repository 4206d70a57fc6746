/** Search and list of the vehicles (车辆列表): the server searches, the live channel moves the figures. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useVehicles } from '../api/queries';
import type { VehicleSummary } from '../api/types';
import { useKeys } from '../app/keys';
import { currentPlace, setParams } from '../app/route';
import { useLiveState, useLiveTick, useServices } from '../app/services';
import { useText } from '../i18n';
import { type Status, STATUSES } from '../live/fleet';
import { learn } from '../map/plates';
import { Button } from '../ui/kit';
import { Icon } from '../ui/icon';
import { Empty, Failed, Skeleton } from '../ui/states';
import { number } from '../ui/format';
import { StatusShape } from '../ui/status';
import { VehicleRow } from './VehicleRow';

const ROW_PX = 52;

interface FleetPanelProps {
  isOpen: boolean;
  onToggle: () => void;
  chosen: string | null;
  onChoose: (vehicle: VehicleSummary) => void;
  status: Status | null;
  onStatus: (status: Status | null) => void;
  keysOn: boolean;
}

export function FleetPanel({ isOpen, onToggle, chosen, onChoose, status, onStatus, keysOn }: FleetPanelProps) {
  const t = useText();
  const [text, setText] = useState(() => currentPlace().params.get('q') ?? '');
  const q = useSettled(text.trim(), 200);
  const [wantsFirst, setWantsFirst] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const vehicles = useVehicles({ q, status: status ?? '' });
  const rows = useMemo(() => vehicles.data?.pages.flatMap((page) => page.items) ?? [], [vehicles.data]);

  useEffect(() => setParams({ q: q || null }, 'replace'), [q]);
  useEffect(() => learn(rows), [rows]);
  // Enter means the first of what was asked for, not of what happens to be shown while the answer is on its way.
  const answered = q === text.trim() && vehicles.isSuccess && !vehicles.isPlaceholderData;
  useEffect(() => {
    if (!wantsFirst || !answered) return;
    setWantsFirst(false);
    if (rows[0]) onChoose(rows[0]);
  }, [wantsFirst, answered, rows, onChoose]);

  const step = (by: number) => {
    const at = rows.findIndex((row) => row.id === chosen);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next && next.id !== chosen) onChoose(next);
  };
  useKeys(
    {
      '/': () => {
        if (!isOpen) onToggle();
        requestAnimationFrame(() => input.current?.select());
      },
      j: () => step(1),
      k: () => step(-1),
    },
    keysOn,
  );

  if (!isOpen) {
    return (
      <div className="panel-opener">
        <Button icon="panel" onPress={onToggle}>
          {t('fleet.open')}
        </Button>
      </div>
    );
  }
  const counts = vehicles.data?.pages[0]?.counts ?? null;
  return (
    <section className="panel fleet" aria-label={t('fleet.title')} data-covers="left">
      <div className="fleet-search">
        <div className="search">
          <Icon name="search" size={16} />
          <input
            ref={input}
            type="search"
            className="search-input"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setWantsFirst(false);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') setWantsFirst(true);
              if (event.key === 'Escape') {
                setText('');
                event.currentTarget.blur();
                event.preventDefault();
              }
            }}
            placeholder={t('fleet.search')}
            aria-label={t('fleet.search_label')}
            autoComplete="off"
            spellCheck={false}
          />
          {text === '' && <kbd aria-hidden="true">/</kbd>}
        </div>
        <Button look="quiet" icon="panel" aria-label={t('fleet.close')} onPress={onToggle} />
      </div>
      <StatusChips status={status} onStatus={onStatus} counts={q ? counts : null} />
      {vehicles.isPending ? (
        <Skeleton rows={8} kind="row" />
      ) : vehicles.isError && rows.length === 0 ? (
        <Failed error={vehicles.error} retry={() => void vehicles.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={q ? t('fleet.none_found', { q }) : status ? t('fleet.none_in_status', { status: t(`status.${status}`) }) : t('fleet.none')}>
          {(q || status) && (
            <Button
              onPress={() => {
                setText('');
                onStatus(null);
              }}
            >
              {t('fleet.clear')}
            </Button>
          )}
        </Empty>
      ) : (
        <Rows
          rows={rows}
          total={(status ? counts?.[status] : counts?.total) ?? rows.length}
          chosen={chosen}
          onChoose={onChoose}
          more={() => vehicles.hasNextPage && !vehicles.isFetchingNextPage && void vehicles.fetchNextPage()}
        />
      )}
    </section>
  );
}

interface ChipsProps {
  status: Status | null;
  onStatus: (status: Status | null) => void;
  /** The counts of a search; without one the live fleet's own totals are newer. */
  counts: (Record<Status, number> & { total: number }) | null;
}

function StatusChips({ status, onStatus, counts }: ChipsProps) {
  const t = useText();
  const { live } = useServices();
  useLiveTick(live);
  useLiveState(live);
  const { fleet } = live;
  const of = (name: Status) => counts?.[name] ?? fleet.totals[STATUSES.indexOf(name)]!;
  const all = counts?.total ?? fleet.count;
  return (
    <div className="chips" role="group" aria-label={t('fleet.filter')}>
      {STATUSES.map((name, index) => (
        <button key={name} type="button" className="chip" aria-pressed={status === name} onClick={() => onStatus(name)} title={t('fleet.chip_key', { key: index + 1 })}>
          <span className="chip-name">
            <StatusShape status={name} size={11} />
            {t(`status.${name}`)}
          </span>
          <span className="chip-count num">{number(of(name))}</span>
        </button>
      ))}
      <button type="button" className="chip" aria-pressed={status === null} onClick={() => onStatus(null)} title={t('fleet.chip_key', { key: 5 })}>
        <span className="chip-name">{t('fleet.all')}</span>
        <span className="chip-count num">{number(all)}</span>
      </button>
    </div>
  );
}

interface RowsProps {
  rows: VehicleSummary[];
  total: number;
  chosen: string | null;
  onChoose: (vehicle: VehicleSummary) => void;
  more: () => void;
}

function Rows({ rows, total, chosen, onChoose, more }: RowsProps) {
  const t = useText();
  const { live } = useServices();
  const tick = useLiveTick(live);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 6 });
  const items = list.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 15) more();
  });
  const at = rows.findIndex((row) => row.id === chosen);
  useEffect(() => {
    if (at >= 0) list.scrollToIndex(at, { align: 'auto' });
    // Only when another vehicle is chosen, not when the list grows.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen]);

  const onKey = (event: React.KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -rows.length, End: rows.length };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, (at < 0 && by > 0 ? -1 : at) + by));
    if (rows[next]) onChoose(rows[next]);
  };
  return (
    <div ref={scroller} className="fleet-rows" role="listbox" tabIndex={0} aria-label={t('fleet.list', { total })} aria-activedescendant={at >= 0 ? `row-${rows[at]!.no}` : undefined} onKeyDown={onKey}>
      <div style={{ height: list.getTotalSize(), position: 'relative' }} role="presentation">
        {items.map((item) => {
          const vehicle = rows[item.index]!;
          return (
            <div
              key={vehicle.id}
              id={`row-${vehicle.no}`}
              role="option"
              aria-selected={vehicle.id === chosen}
              aria-setsize={total}
              aria-posinset={item.index + 1}
              className="fleet-row"
              style={{ height: ROW_PX, transform: `translateY(${item.start}px)` }}
              onClick={() => onChoose(vehicle)}
            >
              <VehicleRow vehicle={vehicle} tick={tick} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** A value once it has stood still for a while. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
