/** One request in the inbox (申请卡片): closed it says the matter in three lines, open it shows all and what may be done. */

import { useEffect, useRef } from 'react';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { HandOverFacts, HandOverTag } from './HandOver';
import { Hints, RequestFacts, RequestTags, StateTag } from './RequestFacts';
import type { TripRequest } from './types';
import { span, way, why, yuan } from './words';

interface CardProps {
  request: TripRequest;
  isOpen: boolean;
  onOpen: () => void;
  /** Ticked for a decision on several; null where that is not offered. */
  isTicked: boolean | null;
  onTick: (on: boolean) => void;
  failure: string | undefined;
  children: React.ReactNode;
}

export function RequestCard({ request, isOpen, onOpen, isTicked, onTick, failure, children }: CardProps) {
  const t = useText();
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isOpen) card.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  return (
    <li ref={card} className="trip-card" data-open={isOpen || undefined} data-emergency={request.is_emergency || undefined} aria-current={isOpen ? 'true' : undefined}>
      <div className="trip-card-head">
        {isTicked !== null && <input type="checkbox" checked={isTicked} aria-label={t('decide.tick', { number: request.number })} onChange={(event) => onTick(event.target.checked)} />}
        <button type="button" className="trip-card-open" aria-expanded={isOpen} onClick={onOpen}>
          <span className="trip-card-who">
            <strong>{request.applicant}</strong> <span className="muted">{request.unit_name}</span>
          </span>
          <span className="trip-card-tags">
            <HandOverTag request={request} />
            <RequestTags request={request} />
            {isOpen && <StateTag request={request} />}
          </span>
          {!isOpen && (
            <>
              <span className="trip-card-why">{why(request)}</span>
              <span className="trip-card-line num">{span(request.begins_at, request.ends_at)}</span>
              <span className="trip-card-line">
                {way(request)} · {t('request.people', { n: request.passenger_count })} · <span className="num">{yuan(request.estimate_fen)}</span>
              </span>
            </>
          )}
        </button>
      </div>
      {isOpen && (
        <div className="trip-card-body">
          <p className="muted mono">{request.number}</p>
          <Hints request={request} />
          <RequestFacts request={request} />
          <HandOverFacts request={request} />
        </div>
      )}
      <div role="alert">{failure && <p className="notice notice-bad">{failure}</p>}</div>
      {children}
    </li>
  );
}

/** What somebody else did in the meantime (已被处理), until one has seen it. */
export function ConflictCard({ request, onSeen }: { request: TripRequest; onSeen: () => void }) {
  const t = useText();
  const last = [...request.approvals].reverse().find((one) => one.undone_at === null);
  return (
    <li className="trip-card trip-conflict" role="alert">
      <p>
        <strong>{request.applicant}</strong> <span className="mono">{request.number}</span>
      </p>
      <p className="notice">
        {last
          ? t('decide.conflict', { by: last.by ?? t('request.by_course'), did: t(`request.did_${last.action}`, { defaultValue: last.action }) })
          : t('decide.conflict_state', { state: t(`request.state_${request.state}`) })}
      </p>
      <Button onPress={onSeen}>{t('decide.seen')}</Button>
    </li>
  );
}
