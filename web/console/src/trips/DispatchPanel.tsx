/** Requests that wait for a car (派车): the first free car and driver are chosen, one click sends them. */

import { useState } from 'react';
import { useKeys } from '../app/keys';
import { setParams } from '../app/route';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, sayError, Skeleton } from '../ui/states';
import { issue, useCandidates, useRequest, useRequests, useTripsChanged } from './api';
import { inOrder } from './board';
import { CandidateLists } from './Candidates';
import { type Choice, stillFree } from './choice';
import { ReasonBar } from './DecideBar';
import { useRequestOnMap } from './InboxPanel';
import { HandOverSteps } from './HandOver';
import { carMarks } from './on-map';
import { Orders } from './Orders';
import { passesOver, Rentals, useRentals } from './Rentals';
import { RequestCard } from './RequestCard';
import { type Said, UNDO_MS } from './toast';
import type { TripRequest } from './types';
import { useDecide } from './use-decide';
import { useSteps } from './use-steps';
import { may } from './words';

interface DispatchProps {
  id: string | null;
  onOpen: (id: string | null) => void;
  onSay: (said: Said) => void;
  keysOn: boolean;
}

export function DispatchPanel({ id, onOpen, onSay, keysOn }: DispatchProps) {
  const t = useText();
  const list = useRequests('to_dispatch');
  const named = useRequest(id);
  const handed = useRequests('handed');
  const decider = useDecide(onSay);
  const [cancelling, setCancelling] = useState<string | null>(null);
  const waiting = inOrder(list.data?.pages.flatMap((page) => page.items) ?? []);
  const extra = id !== null && named.data && !waiting.some((one) => one.id === id) ? [named.data] : [];
  // What other platforms carry out comes last: it waits for nobody here.
  const away = handed.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = [...extra.filter((one) => !away.some((other) => other.id === one.id)), ...waiting, ...away];
  useSteps(waiting, id, onOpen, keysOn);

  if (list.isPending) return <Skeleton rows={5} kind="row" />;
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      {list.isError && <p className="notice">{t('trips.stale')}</p>}
      {shown.length === 0 && (
        <Empty title={t('order.none')}>
          <Button onPress={() => setParams({ panel: 'board', id: null })}>{t('board.open')}</Button>
        </Empty>
      )}
      <ol className="trip-cards" aria-label={t('trips.title_dispatch')}>
        {shown.map((request) => (
          <RequestCard
            key={request.id}
            request={request}
            isOpen={request.id === id}
            onOpen={() => onOpen(request.id === id ? null : request.id)}
            isTicked={null}
            onTick={() => {}}
            failure={decider.failures[request.id]}
          >
            {request.id === id && (
              <Opened
                request={request}
                keysOn={keysOn}
                onDone={(words) => {
                  onSay({ words, undo: null, until: Date.now() + UNDO_MS });
                  onOpen(null);
                }}
              />
            )}
            {request.id === id && may(request, 'cancel') && (
              <div className="decide decide-low">
                {cancelling === request.id ? (
                  <ReasonBar
                    decision="cancel"
                    isBusy={decider.busy !== null}
                    onCancel={() => setCancelling(null)}
                    onSay={(opinion) => void decider.decide(request, { action: 'cancel', opinion }).then((isDone) => isDone && onOpen(null))}
                  />
                ) : (
                  <Button look="quiet" onPress={() => setCancelling(request.id)}>
                    {t('decide.cancel')}
                  </Button>
                )}
              </div>
            )}
          </RequestCard>
        ))}
      </ol>
    </>
  );
}

/** The cars and drivers for the opened request, and the button that sends them. */
function Opened({ request, keysOn, onDone }: { request: TripRequest; keysOn: boolean; onDone: (words: string) => void }) {
  const t = useText();
  const changed = useTripsChanged();
  const mayOrder = may(request, 'order');
  const candidates = useCandidates(request.id);
  const [wished, setWished] = useState<Choice>({ vehicle: request.wanted_vehicle_id ?? null, driver: null });
  const [why, setWhy] = useState(t('order.substitution_first'));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const choice = stillFree(wished, candidates.data);
  const vehicle = candidates.data?.vehicles.find((one) => one.vehicle_id === choice.vehicle);
  const driver = candidates.data?.drivers.find((one) => one.driver_id === choice.driver);
  const rentals = useRentals(request.id, mayOrder);
  const isPassing = passesOver(rentals.data, vehicle?.vehicle_id);
  const [passing, setPassing] = useState('');
  useRequestOnMap(request, carMarks(candidates.data?.vehicles ?? [], choice.vehicle, (rank, name) => t('trips.car_mark', { rank, plate: plate(name) })));

  const substitution = () => (isPassing ? { substitution: passing.trim() } : vehicle?.is_substitute ? { substitution: why.trim() || t('order.substitution_first') } : {});
  async function send() {
    if (!vehicle || !driver || busy || (isPassing && !passing.trim())) return;
    setBusy(true);
    setFailure('');
    try {
      const order = await issue(request.id, { vehicle_id: vehicle.vehicle_id, driver_id: driver.driver_id, ...substitution() });
      await changed();
      onDone(t('order.done', { number: order.number, plate: plate(order.plate), driver: order.driver }));
    } catch (error) {
      setFailure(sayError(error));
      // Taken in the meantime: the lists say who is left.
      await changed();
    } finally {
      setBusy(false);
    }
  }
  const nth = (n: number) => () => {
    const picked = candidates.data?.vehicles[n - 1];
    if (!picked || picked.refused.length > 0) return false;
    setWished({ ...choice, vehicle: picked.vehicle_id });
  };
  useKeys(
    {
      ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [String(n), nth(n)])),
      // On a button or a link the key means that one.
      Enter: () => (mayOrder && vehicle && driver && !document.activeElement?.closest('button, a, summary') ? void send() : false),
    },
    keysOn,
  );

  return (
    <div className="trip-card-body">
      <Orders request={request} />
      {mayOrder && (
        <>
          <div className="dispatch-now">
            <Button look="primary" icon="check" hint="Enter" isDisabled={busy || !vehicle || !driver} onPress={() => void send()}>
              {vehicle && driver ? t('order.send', { plate: plate(vehicle.plate), driver: driver.name }) : t('order.send_none')}
            </Button>
            {isPassing && (
              <label className="field">
                <span>{t('order.passing_over')}</span>
                <input className="input" value={passing} maxLength={200} autoComplete="off" onChange={(event) => setPassing(event.target.value)} />
              </label>
            )}
            {vehicle?.is_substitute && !isPassing && (
              <label className="field">
                <span>{t('order.substitution')}</span>
                <input className="input" value={why} maxLength={300} autoComplete="off" onChange={(event) => setWhy(event.target.value)} />
              </label>
            )}
            <div role="alert">{failure && <p className="notice notice-bad">{failure}</p>}</div>
          </div>
          <Rentals offers={rentals.data} vehicle={choice.vehicle} onChoose={(id) => setWished({ ...choice, vehicle: id })} />
          <CandidateLists candidates={candidates} choice={choice} onChoose={setWished} />
        </>
      )}
      <HandOverSteps request={request} onDone={onDone} />
    </div>
  );
}
