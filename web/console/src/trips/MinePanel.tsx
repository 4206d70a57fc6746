/** One's own requests (我的用车), or all that one may see (用车单据): where each stands, who drives, what may still be done. */

import { useState } from 'react';
import { setParams } from '../app/route';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useRequest, useRequests } from './api';
import { ReasonBar } from './DecideBar';
import { useRequestOnMap } from './InboxPanel';
import { Orders } from './Orders';
import { RequestCard } from './RequestCard';
import { Progress } from './RequestFacts';
import type { Said } from './toast';
import type { RequestState, TripRequest } from './types';
import { useDecide } from './use-decide';
import { useSteps } from './use-steps';
import { may, shortTime } from './words';

interface MineProps {
  view: 'mine' | 'all';
  id: string | null;
  onOpen: (id: string | null) => void;
  onSay: (said: Said) => void;
  mayApply: boolean;
  keysOn: boolean;
}

export function MinePanel({ view, id, onOpen, onSay, mayApply, keysOn }: MineProps) {
  const t = useText();
  const list = useRequests(view);
  const named = useRequest(id);
  const decider = useDecide(onSay);
  const [cancelling, setCancelling] = useState<string | null>(null);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  // What was just handed in is there before the list has been asked again.
  const extra = id !== null && named.data && !items.some((one) => one.id === id) ? [named.data] : [];
  const shown = [...extra, ...items];
  useSteps(items, id, onOpen, keysOn);

  if (list.isPending) return <Skeleton rows={5} kind="row" />;
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const call = (request: TripRequest, action: 'withdraw' | 'cancel' | 'submit', opinion?: string) => {
    setCancelling(null);
    void decider.decide(request, { action, ...(opinion ? { opinion } : {}) });
  };
  return (
    <>
      {list.isError && <p className="notice">{t('trips.stale')}</p>}
      {shown.length === 0 && (
        <Empty title={t(view === 'mine' ? 'trips.none_mine' : 'trips.none_all')}>
          {mayApply && (
            <Button look="primary" icon="plus" onPress={() => setParams({ panel: 'apply', id: null })}>
              {t('trips.apply')}
            </Button>
          )}
        </Empty>
      )}
      <ol className="trip-cards" aria-label={t(view === 'mine' ? 'trips.title_mine' : 'trips.title_trips')}>
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
            {request.id !== id && <Stage request={request} />}
            {request.id === id && (
              <div className="trip-card-body">
                <OnMap request={request} />
                <Timeline request={request} />
                <Orders request={request} />
                <Progress request={request} />
              </div>
            )}
            {request.id === id && (
              <div className="decide decide-low">
                {cancelling === request.id ? (
                  <ReasonBar decision="cancel" isBusy={decider.busy !== null} onCancel={() => setCancelling(null)} onSay={(opinion) => call(request, 'cancel', opinion)} />
                ) : (
                  <>
                    {may(request, 'submit') && (
                      <Button look="primary" isDisabled={decider.busy !== null} onPress={() => call(request, 'submit')}>
                        {t('decide.submit')}
                      </Button>
                    )}
                    {may(request, 'rewrite') && <Button onPress={() => setParams({ panel: 'apply', id: request.id, copy: null })}>{t('decide.edit')}</Button>}
                    {may(request, 'withdraw') && (
                      <Button isDisabled={decider.busy !== null} onPress={() => call(request, 'withdraw')}>
                        {t('decide.withdraw')}
                      </Button>
                    )}
                    {may(request, 'cancel') && <Button onPress={() => setCancelling(request.id)}>{t('decide.cancel')}</Button>}
                    {mayApply && !request.is_masked && (
                      <Button look="quiet" icon="copy" onPress={() => setParams({ panel: 'apply', id: null, copy: request.id })}>
                        {t('trips.again')}
                      </Button>
                    )}
                  </>
                )}
              </div>
            )}
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
    </>
  );
}

function OnMap({ request }: { request: TripRequest }) {
  useRequestOnMap(request, []);
  return null;
}

/** Where it stands, on a closed card. */
function Stage({ request }: { request: TripRequest }) {
  const t = useText();
  const waitsFor = request.state === 'submitted' ? request.steps[request.step] : undefined;
  return (
    <p className="trip-stage">
      <span className={`trip-state trip-state-${request.state}`}>{t(`request.state_${request.state}`)}</span>
      {waitsFor && <span className="muted">{t('request.waits_for', { name: waitsFor.name })}</span>}
      {request.orders[0] && request.state === 'ordered' && <span className="muted">{`${request.orders[0].plate} · ${request.orders[0].driver}`}</span>}
    </p>
  );
}

/** The way of a request that goes well (进度): what was, what is, what comes. */
const COURSE: { name: string; from: RequestState[] }[] = [
  { name: 'submitted', from: ['submitted', 'approved', 'ordered', 'closed', 'rejected'] },
  { name: 'approved', from: ['approved', 'ordered', 'closed'] },
  { name: 'ordered', from: ['ordered', 'closed'] },
  { name: 'underway', from: [] },
  { name: 'closed', from: ['closed'] },
];

function Timeline({ request }: { request: TripRequest }) {
  const t = useText();
  const departed = request.orders.map((order) => order.departed_at).find(Boolean) ?? null;
  const at: Record<string, string | null> = { submitted: request.submitted_at, approved: request.decided_at, ordered: null, underway: departed, closed: request.state === 'closed' ? request.changed_at : null };
  if (['rejected', 'withdrawn', 'cancelled', 'draft'].includes(request.state)) {
    return (
      <p className="trip-stage">
        <span className={`trip-state trip-state-${request.state}`}>{t(`request.state_${request.state}`)}</span> <span className="muted num">{shortTime(request.changed_at)}</span>
      </p>
    );
  }
  const isPast = (step: (typeof COURSE)[number]) => step.from.includes(request.state) || (step.name === 'underway' && departed !== null);
  const now = COURSE.findLastIndex(isPast);
  return (
    <ol className="trip-course" aria-label={t('request.course')}>
      {COURSE.map((step, index) => (
        <li key={step.name} data-place={index < now ? 'past' : index === now ? 'now' : 'ahead'} aria-current={index === now ? 'step' : undefined}>
          <span>{t(`request.course_${step.name}`)}</span>
          <span className="muted num">{index <= now && at[step.name] ? shortTime(at[step.name]) : ''}</span>
        </li>
      ))}
    </ol>
  );
}
