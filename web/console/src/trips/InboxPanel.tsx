/** Requests that wait for a decision (审批): one click approves, two reject; the opened one lies on the map with its cars. */

import { useState } from 'react';
import { useKeys } from '../app/keys';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useCandidates, useRequest, useRequests } from './api';
import { inOrder } from './board';
import { VehicleLine } from './Candidates';
import { DecideBar, type Decision, type Worded } from './DecideBar';
import { carMarks, useDrawn } from './on-map';
import { PersonSheet } from './PersonSheet';
import { ConflictCard, RequestCard } from './RequestCard';
import { Progress } from './RequestFacts';
import type { Said } from './toast';
import type { ToldSpot, TripRequest } from './types';
import { useDecide } from './use-decide';
import { useSteps } from './use-steps';
import { may } from './words';

/** Cars that are suggested with a request; web.md 4.2. */
const SUGGESTED = 3;

interface InboxProps {
  id: string | null;
  onOpen: (id: string | null) => void;
  onSay: (said: Said) => void;
  keysOn: boolean;
}

export function InboxPanel({ id, onOpen, onSay, keysOn }: InboxProps) {
  const t = useText();
  const list = useRequests('to_decide');
  const named = useRequest(id);
  const decider = useDecide(onSay);
  const [asking, setAsking] = useState<{ id: string; decision: Exclude<Worded, 'reassign'> } | null>(null);
  const [handing, setHanding] = useState<{ request: TripRequest; action: 'transfer' | 'add_signer' } | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());

  const waiting = inOrder(list.data?.pages.flatMap((page) => page.items) ?? []);
  // A request that a message led to is shown though it waits for somebody else.
  const extra = id !== null && named.data && !waiting.some((one) => one.id === id) && !decider.conflicts.some((one) => one.id === id) ? [named.data] : [];
  const shown = [...extra, ...waiting];
  const opened = shown.find((one) => one.id === id) ?? null;
  const chosen = waiting.filter((one) => ticked.has(one.id) && may(one, 'approve'));

  const next = (request: TripRequest) => {
    const at = waiting.findIndex((one) => one.id === request.id);
    return waiting[at + 1]?.id ?? waiting[at - 1]?.id ?? null;
  };
  async function decide(request: TripRequest, decision: Decision, opinion?: string) {
    if (decision === 'transfer' || decision === 'add_signer') return setHanding({ request, action: decision });
    const following = id === request.id ? next(request) : id;
    setAsking(null);
    if ((await decider.decide(request, { action: decision, ...(opinion ? { opinion } : {}) })) && following !== id) onOpen(following);
  }
  useSteps(waiting, id, onOpen, keysOn);
  useKeys(
    {
      y: () => {
        const first = opened && (['approve', 'ratify'] as const).find((move) => may(opened, move));
        if (!opened || !first || decider.busy) return false;
        void decide(opened, first);
      },
      n: () => (opened && may(opened, 'reject') ? setAsking({ id: opened.id, decision: 'reject' }) : false),
    },
    keysOn,
  );

  if (list.isPending) return <Skeleton rows={5} kind="row" />;
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      {list.isError && <p className="notice">{t('trips.stale')}</p>}
      {chosen.length > 0 && (
        <div className="trip-batch" role="group" aria-label={t('decide.batch')}>
          <Button look="primary" icon="check" isDisabled={decider.busy !== null} onPress={() => void decider.approveAll(chosen).then(() => setTicked(new Set()))}>
            {t('decide.approve_all', { n: chosen.length })}
          </Button>
          <Button look="quiet" onPress={() => setTicked(new Set())}>
            {t('action.cancel')}
          </Button>
        </div>
      )}
      {shown.length === 0 && decider.conflicts.length === 0 && (
        <Empty title={t('decide.none')}>
          <p>{t('decide.none_help')}</p>
        </Empty>
      )}
      <ol className="trip-cards" aria-label={t('trips.title_approvals')}>
        {decider.conflicts.map((request) => (
          <ConflictCard key={request.id} request={request} onSeen={() => decider.seen(request.id)} />
        ))}
        {shown.map((request) => (
          <RequestCard
            key={request.id}
            request={request}
            isOpen={request.id === id}
            onOpen={() => onOpen(request.id === id ? null : request.id)}
            isTicked={waiting.length > 1 && may(request, 'approve') ? ticked.has(request.id) : null}
            onTick={(on) => setTicked((now) => new Set(on ? [...now, request.id] : [...now].filter((one) => one !== request.id)))}
            failure={decider.failures[request.id]}
          >
            {request.id === id && <Opened request={request} />}
            <DecideBar
              request={request}
              isBusy={decider.busy !== null}
              hasKeys={request.id === id}
              asking={asking?.id === request.id ? asking.decision : null}
              onAsk={(decision) => setAsking(decision && { id: request.id, decision })}
              onDecide={(decision, opinion) => void decide(request, decision, opinion)}
            />
          </RequestCard>
        ))}
      </ol>
      {list.hasNextPage && (
        <div className="inbox-more">
          <Button isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>
            {t('trips.more')}
          </Button>
        </div>
      )}
      {handing && (
        <PersonSheet
          action={handing.action}
          isBusy={decider.busy !== null}
          error={decider.failures[handing.request.id] ?? ''}
          onClose={() => setHanding(null)}
          onChoose={(account_id, opinion) =>
            void decider.decide(handing.request, { action: handing.action, account_id, ...(opinion ? { opinion } : {}) }).then((isDone) => isDone && setHanding(null))
          }
        />
      )}
    </>
  );
}

/** How far it is, and the cars that could go, here and on the map. */
function Opened({ request }: { request: TripRequest }) {
  const t = useText();
  const candidates = useCandidates(request.id);
  const suggested = candidates.data?.vehicles.filter((one) => one.refused.length === 0).slice(0, SUGGESTED) ?? [];
  useRequestOnMap(request, carMarks(suggested, suggested[0]?.vehicle_id ?? null, (rank, name) => t('trips.car_mark', { rank, plate: plate(name) })));
  return (
    <div className="trip-card-body">
      <Progress request={request} />
      {suggested.length > 0 && (
        <section aria-label={t('order.suggested')}>
          <h3 className="trip-small">{t('order.suggested')}</h3>
          <ol className="suggested">
            {suggested.map((vehicle) => (
              <li key={vehicle.vehicle_id}>
                <VehicleLine vehicle={vehicle} />
              </li>
            ))}
          </ol>
        </section>
      )}
      {candidates.data && suggested.length === 0 && <p className="notice">{t('order.no_vehicle')}</p>}
    </div>
  );
}

/** The request where it leads, with its cars; a masked one has no places to show. */
export function useRequestOnMap(request: TripRequest, cars: ReturnType<typeof carMarks>): void {
  const t = useText();
  // A place that is kept from the reader has no point.
  const mark = (spot: ToldSpot, label: string) => (spot.lon === null || spot.lat === null ? [] : [{ lon: spot.lon, lat: spot.lat, label }]);
  const ends = [
    ...mark(request.from, t('trips.from_of', { name: request.from.name })),
    ...request.stops.flatMap((stop) => mark(stop, stop.name)),
    ...mark(request.to, t('trips.to_of', { name: request.to.name })),
  ];
  useDrawn(ends.length > 0 || cars.length > 0 ? { places: ends, isLinked: true, cars } : null, `${request.id}${cars.length > 0}`);
}
