/** The orders of a request (派车单): car, driver with telephone, where it stands; the car on the map, the sheet to print. */

import { followLink, setParams } from '../app/route';
import { useServices } from '../app/services';
import { isWide } from '../app/wide';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button } from '../ui/kit';
import type { OrderLine, TripRequest } from './types';
import { shortTime } from './words';

/** Orders whose car is, or will be, on its way. */
const OPEN: OrderLine['state'][] = ['issued', 'accepted', 'underway', 'waiting'];

export function Orders({ request }: { request: TripRequest }) {
  const t = useText();
  const { session } = useServices();
  const seesCars = session.permissions.includes('watch_vehicles');
  if (request.orders.length === 0) return null;
  return (
    <ul className="trip-orders" aria-label={t('request.orders')}>
      {request.orders.map((order) => (
        <li key={order.id} data-over={!OPEN.includes(order.state) || undefined}>
          <p>
            <strong>{plate(order.plate)}</strong> <span className={`trip-state order-state-${order.state}`}>{t(`order.state_${order.state}`)}</span> <span className="mono muted">{order.number}</span>
          </p>
          <p>
            {order.driver} {order.driver_phone && <a href={`tel:${order.driver_phone}`}>{order.driver_phone}</a>}
          </p>
          {(order.departed_at || order.returned_at) && (
            <p className="muted num">
              {order.departed_at && t('order.departed', { at: shortTime(order.departed_at) })} {order.returned_at && t('order.returned', { at: shortTime(order.returned_at) })}
            </p>
          )}
          <div className="trip-order-steps">
            {seesCars && OPEN.includes(order.state) && <Button icon="follow" onPress={() => setParams({ v: order.vehicle_id, ...(isWide() ? {} : { panel: null, id: null }) })}>{t('order.on_map')}</Button>}
            <a className="button button-quiet" href={`/print/order/${order.id}`} onClick={followLink}>
              {t('order.sheet')}
            </a>
          </div>
        </li>
      ))}
    </ul>
  );
}
