/** One's own record (我的记录): the trips of the last days with their kilometres, stars and lessons; nobody else's. */

import { day, hourMinute, km, plate } from './format';
import { inTurn, type Order } from './order';
import { OwnScore } from './OwnScore';
import { useLook } from './terminal';
import { t } from './texts';

const driven = (order: Order) => (order.return_odometer_km !== null && order.depart_odometer_km !== null ? Math.max(0, order.return_odometer_km - order.depart_odometer_km) : 0);

export function Own({ all }: { all: Order[] }) {
  const { driver_id } = useLook();
  const done = inTurn(all).filter((order) => order.state === 'returned' || order.state === 'settled');
  const sum = done.reduce((total, order) => total + driven(order), 0);
  return (
    <main>
      <h1>{t('driver_app.own')}</h1>
      <dl className="sums">
        <div>
          <dt>{t('driver_app.own_trips')}</dt>
          <dd>{done.length}</dd>
        </div>
        <div>
          <dt>{t('driver_app.own_km')}</dt>
          <dd>{km(sum)}</dd>
        </div>
      </dl>
      <p className="help">{t('driver_app.own_note')}</p>
      {done.length === 0 && <p className="muted">{t('driver_app.own_none')}</p>}
      {done.map((order) => (
        <a key={order.id} className="card" href={`#/task/${order.id}`}>
          <span className="card-head">
            <strong>{day(order.begins_at)}</strong>
            <span>
              {hourMinute(order.departed_at ?? order.begins_at)}–{hourMinute(order.returned_at ?? order.ends_at)}
            </span>
            <span className="tag">{t(`driver_app.state_${order.state}`)}</span>
          </span>
          <span className="card-way">
            {order.from.name} → {order.to.name}
          </span>
          <span className="card-foot">
            {plate(order.plate)} · {km(driven(order))} km
          </span>
        </a>
      ))}
      {driver_id && <OwnScore id={driver_id} />}
    </main>
  );
}
