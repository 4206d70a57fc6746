/** What a change would touch (影响预览): how many, how sure, and which cars first. */

import { errorText, useText } from '../i18n';
import { number, plate } from '../ui/format';
import type { Effect, PlanPreview, Shape } from './api';
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
      {effect.plan && <PlanEffect plan={effect.plan} />}
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

/** A day that was driven, planned with the prices that hold and with the others. */
function PlanEffect({ plan }: { plan: PlanPreview }) {
  const t = useText();
  const rows = [
    ['vehicles', number(plan.before.vehicles), number(plan.after.vehicles)],
    ['nev', `${number(plan.before.nev_share_pct, 1)} %`, `${number(plan.after.nev_share_pct, 1)} %`],
    ['other_unit', number(plan.before.other_unit), number(plan.after.other_unit)],
    ['empty', `${number(plan.before.deadhead_m / 1000, 1)} km`, `${number(plan.after.deadhead_m / 1000, 1)} km`],
    ['unserved', number(plan.before.unserved), number(plan.after.unserved)],
  ];
  return (
    <table className="rule-plan">
      <caption>{t('rules.plan', { day: plan.day, trips: plan.trips, otherwise: plan.otherwise })}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('rules.plan_before')}</th>
          <th scope="col">{t('rules.plan_after')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, after]) => (
          <tr key={name}>
            <th scope="row">{t(`rules.plan_${name}`)}</th>
            <td className="num">{before}</td>
            <td className="num">{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
