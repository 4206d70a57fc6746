/** On the way (行车): above 5 km/h nothing can be touched but help and "arrived"; standing, what else there is. */

import { hourMinute, stopwatch } from './format';
import { go, useClock, whereAmI, type Awake } from './hooks';
import { Tap } from './kit';
import type { DriverAction, Order } from './order';
import { Strip } from './Queue';
import { isLocked, type Motion } from './speed';
import { tap } from './terminal';
import { t } from './texts';

interface Props {
  order: Order;
  motion: Motion;
  awake: { state: Awake; ask: () => void };
}

async function move(order: Order, action: DriverAction): Promise<void> {
  const place = await whereAmI(1500);
  await tap('action', order.id, { action, ...(place ? { lon: place.lon, lat: place.lat } : {}) });
}

export function Driving({ order, motion, awake }: Props) {
  const now = useClock();
  const locked = isLocked(motion, now);
  const isWaiting = order.state === 'waiting';
  const next = order.arrived_at && order.is_round_trip ? order.from : order.to;
  return (
    <div className="screen driving" data-locked={locked || undefined}>
      <Strip awake={awake.state} />
      <main>
        <h1>{t(isWaiting ? 'driver_app.waiting' : 'driver_app.underway')}</h1>
        <p className="target">{next.name}</p>
        <p className="dial">
          {isWaiting ? (
            <strong>{stopwatch(now - Date.parse(order.waiting_since ?? order.departed_at ?? ''))}</strong>
          ) : (
            <>
              <strong>{motion.speed_kmh === null ? '—' : Math.round(motion.speed_kmh)}</strong> km/h
            </>
          )}
        </p>
        <p className="muted">{order.departed_at && t('driver_app.departed_at', { time: hourMinute(order.departed_at) })}</p>
        {locked && <p className="notice">{t('driver_app.locked')}</p>}
        {!isWaiting && (
          <Tap look="main" icon="flag" name="arrive" note={order.arrived_at ? t('driver_app.arrived_at', { time: hourMinute(order.arrived_at) }) : undefined} onTap={() => move(order, 'arrive')}>
            {t('driver_app.arrive')}
          </Tap>
        )}
        {!locked && (
          <>
            {isWaiting ? (
              <Tap look="main" icon="play" name="resume" onTap={() => move(order, 'resume')}>
                {t('driver_app.resume')}
              </Tap>
            ) : (
              <Tap icon="pause" name="wait" onTap={() => move(order, 'wait')}>
                {t('driver_app.wait')}
              </Tap>
            )}
            <Tap icon="money" name="cost" onTap={() => go(`cost/${order.id}`)}>
              {t('driver_app.cost')}
            </Tap>
            <Tap icon="check" name="finish" onTap={() => go(`finish/${order.id}`)}>
              {t('driver_app.finish')}
            </Tap>
            {awake.state === 'off' && (
              <Tap look="quiet" icon="sun" name="awake" onTap={awake.ask}>
                {t('driver_app.keep_awake')}
              </Tap>
            )}
          </>
        )}
      </main>
      <footer className="foot">
        <Tap look="danger" icon="warn" name="sos" onTap={() => go(`sos/${order.id}`)}>
          {t('driver_app.help')}
        </Tap>
      </footer>
    </div>
  );
}
