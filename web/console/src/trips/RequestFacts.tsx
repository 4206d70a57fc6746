/** A request in a few lines (申请要点): who, why, when, which way, how many, what it costs, what speaks against it. */

import { errorText, useText } from '../i18n';
import { Icon } from '../ui/icon';
import { NONE } from '../ui/format';
import type { TripRequest } from './types';
import { km, shortTime, span, way, why, yuan } from './words';

export function StateTag({ request }: { request: TripRequest }) {
  const t = useText();
  return <span className={`trip-state trip-state-${request.state}`}>{t(`request.state_${request.state}`)}</span>;
}

export function RequestTags({ request }: { request: TripRequest }) {
  const t = useText();
  return (
    <>
      {request.is_emergency && (
        <span className="trip-tag trip-tag-bad">
          <Icon name="warn" size={12} />
          {t('request.emergency')}
        </span>
      )}
      {request.is_confidential && <span className="trip-tag">{t('request.confidential')}</span>}
      {request.is_poolable && <span className="trip-tag">{t('request.poolable')}</span>}
      {request.hints.length > 0 && (
        <span className="trip-tag trip-tag-hint" title={request.hints.map((hint) => errorText(hint.code)).join(' ')}>
          {t('request.hint_short', { n: request.hints.length })}
        </span>
      )}
      {request.vehicle_count > 1 && <span className="trip-tag">{t('request.cars', { n: request.vehicle_count })}</span>}
    </>
  );
}

export function RequestFacts({ request }: { request: TripRequest }) {
  const t = useText();
  const rows: [string, React.ReactNode][] = [
    [t('request.why'), why(request)],
    [t('request.when'), span(request.begins_at, request.ends_at)],
    [t('request.way'), `${way(request)}${request.is_round_trip && !request.is_masked ? t('request.and_back') : ''}`],
    [t('request.who'), people(request, t)],
    [t('request.car'), t('request.car_of', { category: t(`category.${request.category}`, { defaultValue: request.category }), n: request.seats })],
    [t('request.cost'), request.is_masked ? yuan(request.estimate_fen) : `${yuan(request.estimate_fen)} · ${km(request.distance_m)}`],
  ];
  if (request.note && !request.is_masked) rows.push([t('request.note'), request.note]);
  if (request.ratify_by) rows.push([t('request.ratify'), request.ratified_at ? t('request.ratified', { at: shortTime(request.ratified_at) }) : t('request.ratify_by', { at: shortTime(request.ratify_by) })]);
  return (
    <dl className="trip-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the rules say of it to who decides (规则提示). */
export function Hints({ request }: { request: TripRequest }) {
  const t = useText();
  if (request.hints.length === 0) return null;
  return (
    <section className="trip-hints" aria-label={t('request.hints')}>
      <ul>
        {request.hints.map((hint) => (
          <li key={hint.code} className={hint.is_refusal ? 'note note-bad' : 'note'}>
            {errorText(hint.code)}
            {hint.clause && <span className="note-clause">{t('apply.clause', { clause: hint.clause })}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function people(request: TripRequest, t: ReturnType<typeof useText>): string {
  const names = request.is_masked ? [] : request.passengers.map((one) => one.name).filter(Boolean);
  return `${t('request.people', { n: request.passenger_count })}${names.length > 0 ? ` · ${names.join(t('trips.join'))}` : ''}`;
}

/** Who has to decide, one after the other, and what was decided (审批进度). */
export function Progress({ request }: { request: TripRequest }) {
  const t = useText();
  return (
    <>
      {request.steps.length > 0 && (
        <ol className="trip-steps" aria-label={t('request.steps')}>
          {request.steps.map((step, index) => {
            const place = request.state !== 'submitted' || index < request.step ? 'past' : index === request.step ? 'now' : 'ahead';
            return (
              <li key={index} data-place={place} aria-current={place === 'now' ? 'step' : undefined}>
                <span>{step.name}</span>
                <span className="muted">
                  {step.only && t('request.one_person')} {place === 'now' && step.due_at && t('request.due', { at: shortTime(step.due_at) })}
                </span>
              </li>
            );
          })}
        </ol>
      )}
      {request.approvals.length > 0 && (
        <ul className="trip-log" aria-label={t('request.decisions')}>
          {request.approvals.map((one) => (
            <li key={`${one.at}${one.action}`} data-undone={one.undone_at !== null || undefined}>
              <strong>{one.by ?? t('request.by_course')}</strong> {t(`request.did_${one.action}`, { defaultValue: one.action })}
              {one.undone_at !== null && <span className="trip-tag">{t('request.undone')}</span>}
              {one.opinion && <q>{one.opinion}</q>} <time className="muted num">{shortTime(one.at) || NONE}</time>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
