/** Coming back (收车): the odometer, as far as the car's terminal does not say it already. */

import { useState } from 'react';
import { km, odometer } from './format';
import { go, whereAmI } from './hooks';
import { Field, Head, Tap } from './kit';
import type { Order } from './order';
import { Strip } from './Queue';
import { tap, useLook } from './terminal';
import { t } from './texts';

export function Finish({ order }: { order: Order }) {
  const known = useLook().cars[order.id]?.odometer_km ?? null;
  const begun = order.depart_odometer_km;
  const [typed, setTyped] = useState<string | null>(null);
  // What the terminal said before the trip is no reading of its end.
  const offered = known !== null && (begun === null || known > begun) ? known.toFixed(0) : '';
  const text = typed ?? offered;
  const reading = odometer(text);
  const isLower = reading !== null && begun !== null && reading < begun;
  const finish = async () => {
    const place = await whereAmI(1500);
    await tap('action', order.id, { action: 'return', ...(reading === null ? {} : { odometer_km: reading }), ...(place ? { lon: place.lon, lat: place.lat } : {}) });
    go(`task/${order.id}`, 'replace');
  };
  return (
    <div className="screen">
      <Head title={t('driver_app.finish')} back={`task/${order.id}`} />
      <Strip />
      <main>
        <Field
          label={t('driver_app.odometer')}
          name="odometer"
          mode="decimal"
          unit="km"
          value={text}
          onChange={setTyped}
          help={begun === null ? undefined : t('driver_app.odometer_begun', { km: km(begun) })}
          error={isLower ? t('driver_app.odometer_lower', { km: km(begun ?? 0) }) : undefined}
        />
        <Tap look="main" icon="check" name="return" isDisabled={isLower || (reading === null && known === null)} onTap={finish}>
          {t('driver_app.finish')}
        </Tap>
        <Tap icon="money" name="cost" note={t('driver_app.costs_first')} onTap={() => go(`cost/${order.id}`)}>
          {t('driver_app.cost')}
        </Tap>
      </main>
    </div>
  );
}
