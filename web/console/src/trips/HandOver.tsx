/** A request between platforms (跨平台派车): where it stands there, with cars and what it came to; handed over, and called back. */

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../api/client';
import type { components } from '../api/schema';
import { errorText, useText } from '../i18n';
import { plate } from '../ui/format';
import { Button, Pick } from '../ui/kit';
import { sayError } from '../ui/states';
import { useTripsChanged } from './api';
import type { TripRequest } from './types';
import { km, may, shortTime, yuan } from './words';

type Choices = components['schemas']['PeerChoices'];

/** The platform and the state, in two words; for the head of a card. */
export function HandOverTag({ request }: { request: TripRequest }) {
  const t = useText();
  const way = request.hand_over;
  if (!way) return null;
  return <span className="trip-tag">{t(`hand_over.${way.direction}`, { platform: way.platform })}</span>;
}

/** All that is known of it. */
export function HandOverFacts({ request }: { request: TripRequest }) {
  const t = useText();
  const way = request.hand_over;
  if (!way) return null;
  return (
    <section className="hand-over" aria-label={t(`hand_over.${way.direction}`, { platform: way.platform })}>
      <p>
        <strong>{t(`hand_over.${way.direction}`, { platform: way.platform })}</strong> {way.direction === 'out' && <span className="trip-state">{t(`hand_over.state_${way.state}`)}</span>}
      </p>
      {way.direction === 'in' && <p className="muted">{t('hand_over.origin', { unit: way.origin_unit, applicant: way.origin_applicant, number: way.number })}</p>}
      {way.orders.map((order) => (
        <p key={order.number}>
          <strong>{plate(order.plate)}</strong> {order.model} · {order.driver} {order.driver_phone && <a href={`tel:${order.driver_phone}`}>{order.driver_phone}</a>}
          <span className="muted num">
            {order.departed_at && ` ${t('order.departed', { at: shortTime(order.departed_at) })}`}
            {order.returned_at && ` ${t('order.returned', { at: shortTime(order.returned_at) })}`}
            {order.distance_m != null && ` ${km(order.distance_m)}`}
          </span>
        </p>
      ))}
      {way.total_fen != null && <p className="num">{t('hand_over.total', { amount: yuan(way.total_fen) })}</p>}
      {way.reason && <p className="notice">{way.reason}</p>}
      {way.attempts != null && way.attempts > 0 && <p className="muted">{t('hand_over.tries', { n: way.attempts, why: way.answer ? errorText(way.answer) : '' })}</p>}
    </section>
  );
}

/** Hands a request over, or calls it back; nothing where the service allows neither. */
export function HandOverSteps({ request, onDone }: { request: TripRequest; onDone: (words: string) => void }) {
  const t = useText();
  const changed = useTripsChanged();
  const mayGo = may(request, 'hand_over');
  const mayReturn = may(request, 'call_back');
  const peers = useQuery({ queryKey: ['peers', 'choices'], enabled: mayGo, queryFn: ({ signal }) => get<Choices>('/hand-over-choices', {}, signal), staleTime: 60_000 });
  const [peer, setPeer] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const items = peers.data?.items ?? [];
  const chosen = items.find((one) => one.id === peer) ?? items[0];

  async function send(path: string, body: object, words: string) {
    if (busy) return;
    setBusy(true);
    setFailure('');
    try {
      await post(`/trip-requests/${request.id}/${path}`, body);
      onDone(words);
    } catch (error) {
      setFailure(sayError(error));
    } finally {
      await changed();
      setBusy(false);
    }
  }
  // Where there is no other platform, nothing is said of any.
  if (!mayReturn && !(mayGo && chosen)) return null;
  return (
    <div className="hand-over-steps">
      {mayGo && chosen && (
        <>
          <Pick label={t('hand_over.title')} choices={items.map((one) => ({ id: one.id, text: one.name }))} value={chosen.id} onChange={setPeer} />
          <Button isDisabled={busy} onPress={() => void send('hand-over', { platform_id: chosen.id }, t('hand_over.done', { number: request.number, platform: chosen.name }))}>
            {t('hand_over.send')}
          </Button>
        </>
      )}
      {mayReturn && (
        <>
          <label className="field">
            <span>{t('hand_over.reason')}</span>
            <input className="input" value={reason} maxLength={200} autoComplete="off" onChange={(event) => setReason(event.target.value)} />
          </label>
          <Button isDisabled={busy || reason.trim() === ''} onPress={() => void send('hand-over/recall', { reason: reason.trim() }, t('hand_over.recall'))}>
            {t('hand_over.recall')}
          </Button>
        </>
      )}
      <div role="alert">{failure && <p className="notice notice-bad">{failure}</p>}</div>
    </div>
  );
}
