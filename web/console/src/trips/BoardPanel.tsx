/** The dispatch board (派车看板): vehicles by the hours of a day; what waits, and an order that is to go by another car, is dragged, or carried by keys, onto one. */

import { useEffect, useMemo, useRef, useState } from 'react';
import { useKeys } from '../app/keys';
import { setParams } from '../app/route';
import { useText } from '../i18n';
import { dayName, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, sayError, Skeleton } from '../ui/states';
import { issue, reassign, useBoard, useCandidates, useTripsChanged } from './api';
import { type Carried, inOrder, refusedBy, refusedTo, requestOf } from './board';
import { BoardRows } from './BoardRows';
import { firstChoice } from './choice';
import { useProposal } from './proposal';
import { ProposalList } from './ProposalList';
import { ReasonBar } from './DecideBar';
import type { BoardOrder, BoardVehicle, TripRequest } from './types';
import { dayAfter, dayOf, dayStart } from './when';
import { may, span, way } from './words';

interface BoardProps {
  onSay: (words: string) => void;
  onClose: () => void;
  keysOn: boolean;
}

export function BoardPanel({ onSay, onClose, keysOn }: BoardProps) {
  const t = useText();
  const changed = useTripsChanged();
  const [day, setDay] = useState(() => dayOf(Date.now()));
  const range = useMemo(() => ({ from: dayStart(day), to: dayStart(dayAfter(day, 1)) }), [day]);
  const board = useBoard(new Date(range.from).toISOString(), new Date(range.to).toISOString());
  /** What is being carried, and the row that it is over. */
  const [held, setHeld] = useState<Carried | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const [message, setMessage] = useState<{ words: string; isBad: boolean } | null>(null);
  const candidates = useCandidates(held && requestOf(held));
  const waiting = inOrder(board.data?.waiting ?? []);
  const vehicles = board.data?.vehicles ?? [];
  /** The order that is to go by another car, until it is said why. */
  const [asking, setAsking] = useState<{ order: BoardOrder; vehicle: BoardVehicle } | null>(null);
  const [busy, setBusy] = useState(false);
  /** A plan is asked for: of all that waits, and of the trips of a car that has failed. */
  const [planning, setPlanning] = useState<{ failed: BoardVehicle | null } | null>(null);
  const proposal = useProposal(planning && { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), without: planning.failed?.id ?? null });
  const panel = useRef<HTMLElement>(null);

  const say = (rule: string) => t(`board.rule_${rule}`);
  const rulesAgainst = (vehicle: BoardVehicle, carried: Carried): string[] =>
    carried.kind === 'request' ? refusedBy(vehicle, carried.request, candidates.data?.vehicles, say) : refusedTo(vehicle, carried.order, candidates.data?.vehicles, say);
  const against = (vehicle: BoardVehicle): string[] => (held && !isOwn(vehicle, held) ? rulesAgainst(vehicle, held) : []);
  const refuse = (vehicle: BoardVehicle, rules: string) => setMessage({ words: t('board.refused', { plate: plate(vehicle.plate), rules }), isBad: true });
  const hold = (carried: Carried | null) => {
    setHeld(carried);
    setAsking(null);
    setOver(carried?.kind === 'order' ? carried.from.id : carried && vehicles[0] ? vehicles[0].id : null);
    setMessage(carried && { words: carried.kind === 'request' ? t('board.holding', { who: carried.request.applicant, when: span(carried.request.begins_at, carried.request.ends_at) }) : t('board.holding_order', { number: carried.order.number, driver: carried.order.driver }), isBad: false });
  };

  async function drop(vehicle: BoardVehicle | undefined, carried: Carried | null) {
    setHeld(null);
    setOver(null);
    if (!vehicle || !carried) return setMessage(null);
    if (isOwn(vehicle, carried)) return setMessage({ words: t('board.same_car', { plate: plate(vehicle.plate) }), isBad: false });
    const rules = rulesAgainst(vehicle, carried);
    if (rules.length > 0) return refuse(vehicle, rules.join(t('trips.join')));
    if (carried.kind === 'order') {
      setMessage(null);
      return setAsking({ order: carried.order, vehicle });
    }
    return send(vehicle, carried.request);
  }

  /** Another car for an order: why, the journal keeps; what the service refuses, it says by which rule. */
  async function give({ order, vehicle }: { order: BoardOrder; vehicle: BoardVehicle }, reason: string) {
    setBusy(true);
    try {
      const given = await reassign(order.id, vehicle.id, reason);
      setMessage(null);
      onSay(t('board.reassigned', { number: given.number, plate: plate(given.plate), driver: given.driver }));
    } catch (error) {
      refuse(vehicle, sayError(error));
    } finally {
      setBusy(false);
      setAsking(null);
      await changed();
    }
  }

  async function send(vehicle: BoardVehicle, request: TripRequest) {
    const { driver } = firstChoice(candidates.data);
    if (!driver) return setMessage({ words: candidates.data ? t('order.no_driver') : t('board.not_yet'), isBad: true });
    const judged = candidates.data?.vehicles.find((one) => one.vehicle_id === vehicle.id);
    try {
      const order = await issue(request.id, { vehicle_id: vehicle.id, driver_id: driver, ...(judged?.is_substitute ? { substitution: t('order.substitution_first') } : {}) });
      setMessage(null);
      onSay(t('order.done', { number: order.number, plate: plate(order.plate), driver: order.driver }));
    } catch (error) {
      refuse(vehicle, sayError(error));
    }
    await changed();
  }

  const move = (by: number) => {
    const at = vehicles.findIndex((one) => one.id === over);
    const next = vehicles[Math.min(vehicles.length - 1, Math.max(0, at + by))];
    if (!held || !next) return false;
    setOver(next.id);
    const rules = against(next);
    if (isOwn(next, held)) setMessage({ words: t('board.same_car', { plate: plate(next.plate) }), isBad: false });
    else setMessage({ words: rules.length > 0 ? t('board.refused', { plate: plate(next.plate), rules: rules.join(t('trips.join')) }) : t('board.fits', { plate: plate(next.plate) }), isBad: rules.length > 0 });
  };
  useKeys(
    {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      PageDown: () => move(5),
      PageUp: () => move(-5),
      Enter: () => (held ? void drop(vehicles.find((one) => one.id === over), held) : false),
      Escape: () => (held ? hold(null) : onClose()),
    },
    keysOn,
  );
  // Where the pointer is let go, there the request falls.
  const dropped = useRef(drop);
  useEffect(() => {
    dropped.current = drop;
  });

  /** A drag that ends on the order itself is no click on it. */
  const dragged = useRef(false);
  const dragFrom = (carried: Carried) => (event: React.PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    dragged.current = false;
    const start = { x: event.clientX, y: event.clientY };
    let isDragging = false;
    const rowAt = (at: PointerEvent) => document.elementFromPoint(at.clientX, at.clientY)?.closest<HTMLElement>('[data-vehicle]')?.dataset.vehicle ?? null;
    const onMove = (at: PointerEvent) => {
      if (!isDragging && Math.hypot(at.clientX - start.x, at.clientY - start.y) < 6) return;
      if (!isDragging) hold(carried);
      isDragging = dragged.current = true;
      setOver(rowAt(at));
    };
    const onUp = (at: PointerEvent) => {
      stop();
      if (!isDragging) return;
      const row = rowAt(at);
      void dropped.current(vehicles.find((one) => one.id === row), carried);
    };
    const stop = () => {
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', stop);
    };
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('pointercancel', stop);
  };

  return (
    <section ref={panel} className="panel board" aria-label={t('board.title')} data-covers="bottom" data-planning={planning !== null || undefined} data-holding={held !== null || undefined}>
      <header className="board-head">
        <h2>{t('board.title')}</h2>
        <div className="day-picker">
          <Button look="quiet" icon="left" aria-label={t('board.day_before')} onPress={() => setDay(dayAfter(day, -1))} />
          <Button onPress={() => setDay(dayOf(Date.now()))}>{dayName(day)}</Button>
          <Button look="quiet" icon="right" aria-label={t('board.day_after')} onPress={() => setDay(dayAfter(day, 1))} />
        </div>
        <p className="board-message" role="status" data-bad={message?.isBad || undefined}>
          {message?.words ?? t('board.help')}
        </p>
        <Button isDisabled={range.to <= Date.now()} onPress={() => setPlanning({ failed: null })}>
          {t('proposal.ask')}
        </Button>
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={onClose} />
      </header>
      {asking && (
        <div className="board-asking">
          <strong>{t('board.asking', { number: asking.order.number, plate: plate(asking.vehicle.plate) })}</strong>
          <ReasonBar decision="reassign" isBusy={busy} onCancel={() => setAsking(null)} onSay={(reason) => void give(asking, reason)} />
        </div>
      )}
      {board.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : !board.data ? (
        <Failed error={board.error} retry={() => void board.refetch()} />
      ) : (
        <div className="board-body">
          <div className="board-waiting" role="group" aria-label={t('board.waiting', { n: waiting.length })}>
            {planning && <ProposalList key={`${planning.failed?.id} ${day}`} proposal={proposal} failed={planning.failed?.plate ?? null} onSay={onSay} onClose={() => setPlanning(null)} />}
            <h3 className="trip-small">{t('board.waiting', { n: waiting.length })}</h3>
            {waiting.length === 0 && <p className="muted">{t('order.none')}</p>}
            {waiting.map((request) => (
              <button
                key={request.id}
                type="button"
                className="board-request"
                data-emergency={request.is_emergency || undefined}
                aria-pressed={held?.kind === 'request' && held.request.id === request.id}
                disabled={!may(request, 'order')}
                onPointerDown={may(request, 'order') ? dragFrom({ kind: 'request', request }) : undefined}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' && event.key !== ' ') return;
                  // The keys carry on the board from here; what is held already falls by the same key.
                  event.preventDefault();
                  event.stopPropagation();
                  if (held?.kind === 'request' && held.request.id === request.id) void drop(vehicles.find((one) => one.id === over), held);
                  else hold({ kind: 'request', request });
                }}
              >
                <strong>{request.applicant}</strong> <span className="num">{span(request.begins_at, request.ends_at)}</span>
                <span className="board-request-way">{way(request)}</span>
              </button>
            ))}
          </div>
          {vehicles.length === 0 ? (
            <Empty title={t('board.no_vehicles')} />
          ) : (
            <BoardRows
              vehicles={vehicles}
              range={range}
              held={held}
              over={over}
              against={against}
              onOrder={(order) => {
                if (!dragged.current) setParams({ panel: 'dispatch', id: order.request_id });
                dragged.current = false;
              }}
              dragFrom={(order, from) => dragFrom({ kind: 'order', order, from })}
              onCarry={(order, from) => hold({ kind: 'order', order, from })}
              proposed={(planning && proposal.data?.proposals) ?? []}
              onFailed={(failed) => setPlanning({ failed })}
            />
          )}
        </div>
      )}
    </section>
  );
}

/** The order is on that car already. */
function isOwn(vehicle: BoardVehicle, carried: Carried): boolean {
  return carried.kind === 'order' && carried.from.id === vehicle.id;
}
