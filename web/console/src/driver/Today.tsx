/** Today (今日任务): the next task with its one button, and those after it. */

import { standing } from './checks';
import { day, hourMinute, isSameDay, plate } from './format';
import { go } from './hooks';
import { Tap } from './kit';
import { inTurn, isOnTheRoad, isOpen, type Order } from './order';
import { Steps } from './Task';
import { useLook, wake } from './terminal';
import { t } from './texts';

export function Today({ all }: { all: Order[] }) {
  const look = useLook();
  const open = inTurn(all).filter((order) => isOpen(order.state));
  const [next, ...later] = open;
  return (
    <main>
      <h1>{t('driver_app.today')}</h1>
      {!look.is_driver && <p className="notice">{t('driver_app.no_file')}</p>}
      {next ? (
        <>
          <Card order={next} />
          {isOnTheRoad(next.state) ? (
            <Tap look="main" icon="car" name="go-on" onTap={() => go(`task/${next.id}`)}>
              {t('driver_app.go_on')}
            </Tap>
          ) : (
            <Steps order={next} standing={standing(next, look.cars[next.id], look.records)} />
          )}
        </>
      ) : (
        <div className="idle" role="status">
          <p className="idle-word">{t('driver_app.standby')}</p>
          <p>{t('driver_app.standby_note')}</p>
        </div>
      )}
      {later.length > 0 && <h2>{t('driver_app.later')}</h2>}
      {later.map((order) => (
        <Card key={order.id} order={order} />
      ))}
      <Tap look="quiet" name="refresh" onTap={wake} note={look.asked_at ? t('driver_app.as_of', { time: hourMinute(look.asked_at) }) : undefined}>
        {t('driver_app.refresh')}
      </Tap>
    </main>
  );
}

function Card({ order }: { order: Order }) {
  const isToday = isSameDay(order.begins_at, Date.now());
  return (
    <a className="card" href={`#/task/${order.id}`} data-order={order.id} data-state={order.state}>
      <span className="card-head">
        <strong className="card-time">{hourMinute(order.begins_at)}</strong>
        {!isToday && <span>{day(order.begins_at)}</span>}
        {order.is_emergency && <span className="tag tag-bad">{t('driver_app.emergency')}</span>}
        <span className="tag">{t(`driver_app.state_${order.state}`)}</span>
      </span>
      <span className="card-way">
        {order.from.name} → {order.to.name}
      </span>
      <span className="card-foot">
        {plate(order.plate)} · {order.unit_name}
      </span>
    </a>
  );
}
