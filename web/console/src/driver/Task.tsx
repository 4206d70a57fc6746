/** A task (任务): who, where, when, and what comes next: take it, look the car over, drive off. */

import { useState } from 'react';
import { standing, type Standing } from './checks';
import { day, hourMinute, km, odometer, plate, stopwatch } from './format';
import { go, whereAmI } from './hooks';
import { Icon } from './icon';
import { Chips, Field, Head, Tap } from './kit';
import { isOpen, type Order } from './order';
import { Strip } from './Queue';
import { tap, useLook } from './terminal';
import { t } from './texts';

export function Task({ order }: { order: Order }) {
  const look = useLook();
  const stands = standing(order, look.cars[order.id], look.records);
  return (
    <div className="screen">
      <Head title={t(`driver_app.state_${order.state}`)} back="today" />
      <Strip />
      <main>
        <Facts order={order} />
        {order.state === 'returned' || order.state === 'settled' ? <Done order={order} /> : <Steps order={order} standing={stands} />}
      </main>
    </div>
  );
}

function Facts({ order }: { order: Order }) {
  const stops = [order.from, ...order.stops, order.to];
  const people = order.passengers.length > 0 ? order.passengers : [{ name: order.applicant, phone: '' }];
  return (
    <section className="facts" aria-label={t('driver_app.facts')}>
      <p className="when">
        <strong>
          {hourMinute(order.begins_at)}–{hourMinute(order.ends_at)}
        </strong>{' '}
        {day(order.begins_at)}
      </p>
      <ol className="way">
        {stops.map((place, index) => (
          <li key={index}>{place.name}</li>
        ))}
        {order.is_round_trip && <li className="muted">{t('driver_app.and_back')}</li>}
      </ol>
      <p>
        {plate(order.plate)} · {order.model} · {t('driver_app.people', { n: order.passenger_count })}
      </p>
      <p className="muted">
        {order.unit_name} · {order.number}
      </p>
      {people.map((person) =>
        person.phone ? (
          <a key={person.name + person.phone} className="tap tap-plain" href={`tel:${person.phone}`}>
            <Icon name="phone" size={30} />
            <span className="tap-text">
              <span>{person.name}</span>
              <small>{person.phone}</small>
            </span>
          </a>
        ) : (
          <p key={person.name}>{person.name}</p>
        ),
      )}
    </section>
  );
}

/** Why a driver does not take an order; each is one tap. */
const REASONS = ['unwell', 'car_broken', 'clash', 'too_long', 'other'] as const;

/** What comes next, as one large button. */
export function Steps({ order, standing: stands }: { order: Order; standing: Standing }) {
  const [declines, setDeclines] = useState(false);
  if (order.state === 'issued') {
    return (
      <>
        <Tap look="main" icon="check" name="accept" onTap={() => tap('action', order.id, { action: 'accept' })}>
          {t('driver_app.accept')}
        </Tap>
        {declines ? (
          <>
            <h2>{t('driver_app.decline_why')}</h2>
            <Chips label={t('driver_app.decline_why')} choices={REASONS} chosen={null} text={(reason) => t(`driver_app.reason_${reason}`)} onChoose={(reason) => void tap('action', order.id, { action: 'decline', reason: t(`driver_app.reason_${reason}`) })} />
          </>
        ) : (
          <Tap look="plain" icon="close" name="decline" onTap={() => setDeclines(true)}>
            {t('driver_app.decline')}
          </Tap>
        )}
      </>
    );
  }
  if (order.state !== 'accepted') return null;
  if (stands.is_kept) return <Kept order={order} />;
  if (!stands.is_checked) {
    return (
      <Tap look="main" icon="check" name="check" note={t('driver_app.check_note')} onTap={() => go(`check/${order.id}`)}>
        {t('driver_app.check_pre_trip')}
      </Tap>
    );
  }
  return <Depart order={order} />;
}

/** A danger was found: the car stands until somebody who keeps it says what was done. */
function Kept({ order }: { order: Order }) {
  const defects = useLook().cars[order.id]?.defects.filter((defect) => defect.is_safety) ?? [];
  return (
    <div className="notice notice-bad" role="alert" data-kept>
      <strong>{t('driver_app.kept')}</strong>
      <p>{t('driver_app.kept_note')}</p>
      <ul>
        {defects.map((defect) => (
          <li key={defect.id}>
            {t(`driver_app.item_${defect.item}`)} {defect.note}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Depart({ order }: { order: Order }) {
  const known = useLook().cars[order.id]?.odometer_km ?? null;
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (known === null ? '' : known.toFixed(0));
  const reading = odometer(text);
  const depart = async () => {
    const place = await whereAmI(1500);
    await tap('action', order.id, { action: 'depart', ...(reading === null ? {} : { odometer_km: reading }), ...(place ? { lon: place.lon, lat: place.lat } : {}) });
    go(`task/${order.id}`);
  };
  return (
    <>
      <Field label={t('driver_app.odometer')} name="odometer" mode="decimal" unit="km" value={text} onChange={setTyped} help={known !== null && typed === null ? t('driver_app.odometer_known') : undefined} />
      <Tap look="main" icon="car" name="depart" isDisabled={reading === null && known === null} onTap={depart}>
        {t('driver_app.depart')}
      </Tap>
    </>
  );
}

/** Back: what it came to, what it cost, and a way back that comes after all. */
function Done({ order }: { order: Order }) {
  const look = useLook();
  const checked = look.records.some((record) => record.order === order.id && record.kind === 'check' && (record.body as { kind: string }).kind === 'post_trip');
  const driven = order.return_odometer_km !== null && order.depart_odometer_km !== null ? order.return_odometer_km - order.depart_odometer_km : null;
  const hasOther = look.told.some((other) => other.id !== order.id && isOpen(other.state) && other.state !== 'issued' && other.state !== 'accepted');
  return (
    <>
      <p className="big" role="status">
        {driven === null ? t('driver_app.done') : t('driver_app.done_km', { km: km(driven) })}
        {order.departed_at && order.returned_at && <small>{stopwatch(Date.parse(order.returned_at) - Date.parse(order.departed_at))}</small>}
      </p>
      {order.state === 'returned' && (
        <>
          <Tap icon="warn" name="accident" onTap={() => go(`accident/${order.id}`)}>
            {t('driver_app.accident')}
          </Tap>
          <p className="help">{t('driver_app.costs_locked')}</p>
          {!checked && (
            <Tap icon="check" name="check-after" onTap={() => go(`check-after/${order.id}`)}>
              {t('driver_app.check_post_trip')}
            </Tap>
          )}
          <Tap icon="car" name="reopen" isDisabled={hasOther} note={t('driver_app.reopen_note')} onTap={() => tap('action', order.id, { action: 'reopen' })}>
            {t('driver_app.reopen')}
          </Tap>
        </>
      )}
    </>
  );
}
