/** The rows of the board (看板行): only those in sight are drawn, however many cars there are. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useSecond } from '../app/services';
import { useText } from '../i18n';
import { hourMinute, plate } from '../ui/format';
import { Icon } from '../ui/icon';
import { type Carried, hoursOf, lanes, place, type Window } from './board';
import { ofCar } from './proposal';
import type { BoardOrder, BoardVehicle, ProposedOrder } from './types';
import { span } from './words';

const ROW_PX = 40;
const HOURS = [0, 3, 6, 9, 12, 15, 18, 21];

interface RowsProps {
  vehicles: BoardVehicle[];
  range: Window;
  held: Carried | null;
  over: string | null;
  against: (vehicle: BoardVehicle) => string[];
  onOrder: (order: BoardOrder) => void;
  /** Takes an order up with the pointer. */
  dragFrom: (order: BoardOrder, vehicle: BoardVehicle) => (event: React.PointerEvent<HTMLElement>) => void;
  /** Takes an order up with the keys. */
  onCarry: (order: BoardOrder, vehicle: BoardVehicle) => void;
  /** What a plan would have the cars do. */
  proposed: readonly ProposedOrder[];
  /** A car cannot go: its trips are planned anew. */
  onFailed: (vehicle: BoardVehicle) => void;
}

const share = (part: number) => `${(part * 100).toFixed(3)}%`;

export function BoardRows({ vehicles, range, held, over, against, onOrder, dragFrom, onCarry, proposed, onFailed }: RowsProps) {
  const t = useText();
  useSecond();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: vehicles.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 4 });
  const at = vehicles.findIndex((vehicle) => vehicle.id === over);
  useEffect(() => {
    if (at >= 0) list.scrollToIndex(at, { align: 'auto' });
    // Only when it is another row, not when the list grows.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [at]);
  const now = place(new Date().toISOString(), new Date(Date.now() + 60_000).toISOString(), range);
  return (
    <div className="board-grid" role="table" aria-label={t('board.title')} aria-rowcount={vehicles.length}>
      <div className="board-hours" role="row">
        <span role="columnheader">{t('board.vehicle')}</span>
        <span className="board-scale" role="columnheader" aria-label={t('board.hours')}>
          {HOURS.map((hour) => (
            <span key={hour} className="num" style={{ left: share(hour / 24) }}>
              {String(hour).padStart(2, '0')}:00
            </span>
          ))}
        </span>
      </div>
      <div ref={scroller} className="board-rows" role="rowgroup" tabIndex={0} aria-label={t('board.rows', { n: vehicles.length })}>
        <div style={{ height: list.getTotalSize(), position: 'relative' }} role="presentation">
          {list.getVirtualItems().map((item) => {
            const vehicle = vehicles[item.index]!;
            const rules = held ? against(vehicle) : [];
            const ghost = held && over === vehicle.id ? place(hoursOf(held).begins_at, hoursOf(held).ends_at, range) : null;
            const lane = lanes(vehicle.orders);
            const most = Math.max(1, ...lane.map((one) => one + 1));
            return (
              <div
                key={vehicle.id}
                role="row"
                aria-rowindex={item.index + 1}
                className="board-row"
                data-vehicle={vehicle.id}
                data-over={over === vehicle.id || undefined}
                data-fits={held ? rules.length === 0 : undefined}
                style={{ height: ROW_PX, transform: `translateY(${item.start}px)` }}
              >
                <span role="rowheader" className="board-car">
                  <strong>{plate(vehicle.plate)}</strong>
                  <span className="muted">{held && rules.length > 0 ? rules.join(t('trips.join')) : `${vehicle.model} · ${t('unit.seats', { n: vehicle.seats })}`}</span>
                  {vehicle.orders.some((order) => order.moves.includes('reassign')) && (
                    <button type="button" className="board-failed" title={t('proposal.failed', { plate: plate(vehicle.plate) })} aria-label={t('proposal.failed', { plate: plate(vehicle.plate) })} onClick={() => onFailed(vehicle)}>
                      <Icon name="warn" size={14} />
                    </button>
                  )}
                </span>
                <span role="cell" className="board-line">
                  {now && <span className="board-now" style={{ left: share(now.left) }} aria-hidden="true" />}
                  {vehicle.orders.map((order, index) => {
                    const box = place(order.begins_at, order.ends_at, range);
                    if (!box) return null;
                    const mayMove = order.moves.includes('reassign');
                    return (
                      <button
                        key={order.id}
                        type="button"
                        className={`board-order order-${order.state}`}
                        style={{ left: share(box.left), width: share(box.width), top: `${(lane[index]! / most) * 100}%`, height: `${100 / most}%` }}
                        title={`${order.number} · ${span(order.begins_at, order.ends_at)} · ${order.driver}`}
                        data-moves={mayMove || undefined}
                        data-held={(held?.kind === 'order' && held.order.id === order.id) || undefined}
                        onPointerDown={mayMove ? dragFrom(order, vehicle) : undefined}
                        onKeyDown={(event) => {
                          if (event.key !== ' ' || !mayMove) return;
                          // The keys carry on the board from here, as they do with a request.
                          event.preventDefault();
                          event.stopPropagation();
                          onCarry(order, vehicle);
                        }}
                        onClick={() => onOrder(order)}
                      >
                        {order.driver}
                        <span className="visually-hidden">{t('board.order', { number: order.number, state: t(`order.state_${order.state}`), from: hourMinute(order.begins_at), to: hourMinute(order.ends_at) })}{mayMove && ` ${t('board.order_keys')}`}</span>
                      </button>
                    );
                  })}
                  {ofCar(proposed, vehicle.id).map((one, index) => {
                    const box = place(one.pick_up_at, one.free_at, range);
                    return box && <span key={`plan/${index}`} className="board-ghost board-proposed" style={{ left: share(box.left), width: share(box.width) }} title={`${one.number} · ${one.driver ?? ''}`} aria-hidden="true" />;
                  })}
                  {ghost && <span className="board-ghost" data-fits={rules.length === 0} style={{ left: share(ghost.left), width: share(ghost.width) }} aria-hidden="true" />}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
