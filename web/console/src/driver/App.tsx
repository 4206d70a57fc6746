/** The terminal (驾驶员终端): which screen, by the address behind `#`, by where the order stands, and by who is signed in. */

import { useEffect } from 'react';
import { Accident } from './Accident';
import { CheckScreen } from './CheckScreen';
import { Cost } from './Cost';
import { Driving } from './Driving';
import { Finish } from './Finish';
import { go, useAwake, useNight, usePath, useWay } from './hooks';
import { Icon } from './icon';
import { isOnTheRoad } from './order';
import { Own } from './Own';
import { Queue, Strip } from './Queue';
import { Due, SignIn } from './SignIn';
import { Sos } from './Sos';
import { Task } from './Task';
import { orders, useLook } from './terminal';
import { t } from './texts';
import { Today } from './Today';

export function App() {
  const look = useLook();
  if (!look.is_ready) return <p className="visually-hidden">{t('driver_app.starting')}</p>;
  if (!look.who) return <SignIn />;
  if (look.pending) return <Due />;
  return <SignedIn />;
}

function SignedIn() {
  const look = useLook();
  const all = orders(look);
  const underway = all.find((order) => isOnTheRoad(order.state)) ?? null;
  const motion = useWay(underway?.id ?? null);
  const awake = useAwake(underway !== null);
  useNight(underway !== null, underway?.from ?? null);
  const [screen = '', id = ''] = usePath();
  useEffect(() => {
    // Whoever opens the terminal on the way wants the way.
    if (screen === '' && underway) go(`task/${underway.id}`, 'replace');
  }, [screen === '', underway?.id]);

  const order = all.find((one) => one.id === id);
  if (screen === 'sign-in' && look.is_over) return <SignIn note={t('driver_app.over')} />;
  if (order) {
    switch (screen) {
      case 'task':
        return isOnTheRoad(order.state) ? <Driving order={order} motion={motion} awake={awake} /> : <Task order={order} />;
      case 'check':
        return <CheckScreen key="pre" order={order} kind="pre_trip" />;
      case 'check-after':
        return <CheckScreen key="post" order={order} kind="post_trip" />;
      case 'finish':
        return <Finish order={order} />;
      case 'cost':
        return <Cost order={order} />;
      case 'accident':
        return <Accident order={order} />;
      case 'sos':
        return <Sos order={order} />;
    }
  }
  return (
    <div className="screen">
      <Strip />
      {screen === 'own' ? <Own all={all} /> : screen === 'queue' ? <Queue all={all} /> : <Today all={all} />}
      <Tabs screen={screen} />
    </div>
  );
}

const TABS = [
  ['', 'list', 'driver_app.tab_today'],
  ['own', 'book', 'driver_app.tab_own'],
  ['queue', 'user', 'driver_app.tab_queue'],
] as const;

function Tabs({ screen }: { screen: string }) {
  return (
    <nav className="tabs" aria-label={t('driver_app.tabs')}>
      {TABS.map(([path, icon, text]) => (
        <a key={path} href={`#/${path}`} aria-current={screen === path ? 'page' : undefined}>
          <Icon name={icon} size={28} />
          {t(text)}
        </a>
      ))}
    </nav>
  );
}
