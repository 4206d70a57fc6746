/** What a change would touch (影响预览): how many, how sure, and which cars first. */

import { errorText, useText } from '../i18n';
import { number, plate } from '../ui/format';
import type { Effect, Shape } from './api';
import { Difference } from './ValueView';

export function EffectView({ effect, shape }: { effect: Effect; shape: Shape }) {
  const t = useText();
  const counts = effect.touched !== 'nothing' && effect.certainty !== 'not_stored';
  return (
    <section className="rule-effect" aria-live="polite" aria-label={t('rules.effect')}>
      <h3>{t('rules.effect')}</h3>
      <Difference before={effect.before} after={effect.after} shape={shape} />
      <p className="rule-effect-count">
        {counts ? (
          <>
            <strong className="num">{number(effect.count)}</strong> {t(`rules.touched.${effect.touched}`)}
            {effect.touched !== 'vehicles' && effect.cars > 0 && (
              <>
                {' · '}
                <strong className="num">{number(effect.cars)}</strong> {t('rules.touched.vehicles')}
              </>
            )}
            {effect.units > 0 && effect.touched !== 'units' && (
              <>
                {' · '}
                <strong className="num">{number(effect.units)}</strong> {t('rules.touched.units')}
              </>
            )}
          </>
        ) : (
          <strong>{t('rules.touched.nothing')}</strong>
        )}
      </p>
      <p className="muted">{t(`rules.certainty.${effect.certainty}`)}</p>
      {effect.wrong.map((code) => (
        <p key={code} className="notice notice-bad">
          {errorText(code)}
        </p>
      ))}
      {effect.first_cars.length > 0 && (
        <>
          <ul className="rule-cars" aria-label={t('rules.cars')}>
            {effect.first_cars.map((car) => (
              <li key={car.id}>
                <span className="num">{plate(car.plate)}</span>
                <span className="muted">{car.unit_name}</span>
                {effect.touched !== 'vehicles' && <span className="num">{number(car.count)}</span>}
              </li>
            ))}
          </ul>
          {effect.cars > effect.first_cars.length && <p className="muted">{t('rules.more_cars', { count: effect.cars - effect.first_cars.length })}</p>}
        </>
      )}
    </section>
  );
}
