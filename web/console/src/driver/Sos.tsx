/** Help (求助): held for a second and a half, sent before everything else, and said to have arrived only when it has. */

import { useState } from 'react';
import { go, whereAmI } from './hooks';
import { Icon } from './icon';
import { Head, Hold, Tap } from './kit';
import type { Order } from './order';
import { tap, useLook } from './terminal';
import { t } from './texts';

/** Police, ambulance, traffic accidents. */
const NUMBERS = ['110', '120', '122'] as const;

export function Sos({ order }: { order: Order }) {
  const { records } = useLook();
  const [key, setKey] = useState<string | null>(null);
  const [isKept, setIsKept] = useState(false);
  const call = async (kind: 'help' | 'accident') => {
    const name = crypto.randomUUID();
    setKey(name);
    const place = await whereAmI(2500);
    await tap('sos', order.id, { kind, ...(place ? { lon: place.lon, lat: place.lat } : {}) }, { key: name });
    setIsKept(true);
  };
  // What is written down and no longer there has arrived.
  const record = records.find((one) => one.key === key);
  const state = key === null ? 'none' : record?.state === 'refused' ? 'refused' : record || !isKept ? 'sending' : 'told';
  return (
    <div className="screen sos" data-sos={state}>
      <Head title={t('driver_app.help')} back={`task/${order.id}`} />
      <main>
        {state === 'none' ? (
          <>
            <Hold name="hold-help" note={t('driver_app.hold')} onHeld={() => void call('help')}>
              {t('driver_app.sos_help')}
            </Hold>
            <Hold name="hold-accident" note={t('driver_app.hold')} onHeld={() => void call('accident')}>
              {t('driver_app.sos_accident')}
            </Hold>
          </>
        ) : (
          <p className={state === 'told' ? 'big good' : 'big bad'} role="alert">
            {state === 'told' && <Icon name="check" size={48} />}
            {t(`driver_app.sos_${state}`)}
            {state === 'refused' && <small>{record?.problem?.title}</small>}
          </p>
        )}
        {state !== 'none' && state !== 'told' && <p>{t('driver_app.sos_call')}</p>}
        <Tap icon="camera" name="accident" note={t('driver_app.accident_note')} onTap={() => go(`accident/${order.id}`)}>
          {t('driver_app.accident')}
        </Tap>
        <div className="pair">
          {NUMBERS.map((number) => (
            <a key={number} className="tap tap-plain" href={`tel:${number}`}>
              <Icon name="phone" size={28} />
              <span className="tap-text">{number}</span>
            </a>
          ))}
        </div>
      </main>
    </div>
  );
}
