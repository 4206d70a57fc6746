/** The cars of a plan of renewal (逐车方案): what happens to each, why, how urgent it is, and whether a battery would do. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { number, plate } from '../ui/format';
import { Button, Sheet } from '../ui/kit';
import { Empty } from '../ui/states';
import { ApplySheet } from './ApplySheet';
import { electricOf, optionOf, type PlannedCar, type RenewalPlan, reasonOf, wholeYuan } from './renewal';

const DECISIONS = ['renew', 'defer', 'move', 'drop', 'keep'] as const;

export function RenewalCars({ plan, cars, more }: { plan: RenewalPlan; cars: readonly PlannedCar[]; more: (() => void) | null }) {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const [only, setOnly] = useState('');
  const [open, setOpen] = useState<PlannedCar | null>(null);
  const [applied, setApplied] = useState<PlannedCar | null>(null);
  const [said, setSaid] = useState('');
  const shown = cars.filter((car) => only === '' || car.decision === only);
  const isDue = plan.years.some((year) => year.renewed + year.moved + year.dropped > 0) || cars.some((car) => car.decision === 'defer');
  const mayApply = (car: PlannedCar) => session.permissions.includes('propose_lifecycle') && car.decision === 'renew' && car.year === plan.first_year && !car.indicator_number;
  return (
    <section className="table-card" aria-label={t('renewal.cars')}>
      <h2 className="figures-list">{t('renewal.cars')}</h2>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      {!isDue && <Empty title={t('renewal.none_due', { day: plan.next_due_on ?? '—' })} />}
      <div className="table-tools renewal-only" role="group" aria-label={t('renewal.only')}>
        {['', ...DECISIONS].map((one) => (
          <Button key={one} look={only === one ? 'primary' : 'plain'} aria-pressed={only === one} onPress={() => setOnly(one)}>
            {one === '' ? t('renewal.all') : t(`renewal.decision_${one}`)}
          </Button>
        ))}
      </div>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('renewal.cars')}>
        <table className="renewal-cars">
          <thead>
            <tr>
              {['car', 'plan', 'score', 'electric', 'reason'].map((column) => (
                <th key={column} scope="col">
                  {t(`renewal.column_${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((car) => (
              <tr key={car.vehicle_id}>
                <th scope="row">
                  <Button look="quiet" onPress={() => setOpen(car)}>
                    {plate(car.plate)}
                  </Button>
                  <span className="muted renewal-sub">{car.unit_name}</span>
                </th>
                <td>
                  <strong>{optionOf(car, t)}</strong>
                  {mayApply(car) && (
                    <Button look="quiet" onPress={() => setApplied(car)}>
                      {t('renewal.apply')}
                    </Button>
                  )}
                  {car.indicator_number && <span className="muted renewal-sub">{t('renewal.indicator', { number: car.indicator_number })}</span>}
                </td>
                <td className="num">{car.score === null ? '—' : number(car.score, 1)}</td>
                <td>{t(`renewal.fit_${car.electric.fit}`)}</td>
                <td className="renewal-reason">{reasonOf(car, t)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <p className="muted figures-list">{t('renewal.none_such')}</p>}
      {more && (
        <div className="drivers-more">
          <Button onPress={more}>{t('renewal.more')}</Button>
        </div>
      )}
      {open && <CarSheet car={open} onClose={() => setOpen(null)} />}
      {applied && (
        <ApplySheet
          renewed={applied}
          onClose={() => setApplied(null)}
          onDone={(number) => {
            setApplied(null);
            setSaid(t('life.handed_in_as', { number }));
            void queries.invalidateQueries({ queryKey: ['renewal-plan'] });
          }}
        />
      )}
    </section>
  );
}

/** Everything behind a line: the parts of the score, the days of the battery, and what a life costs. */
function CarSheet({ car, onClose }: { car: PlannedCar; onClose: () => void }) {
  const t = useText();
  const a_year = (fen: number | null) => (fen === null ? '—' : t('renewal.a_year', { sum: wholeYuan(fen) }));
  const facts: [string, string][] = [
    ['model', car.model],
    ['registered', car.registered_on],
    ['due', car.due_on],
    ['use', t(car.is_estimated ? 'renewal.use_estimated' : 'renewal.use', { km: number(car.km), days: car.use_days })],
    ['electric', electricOf(car, t)],
    ['fuel_life', a_year(car.life.fuel_fen)],
    ['nev_life', a_year(car.life.nev_fen)],
    ['least', car.life.least_cost_year === null ? t('renewal.least_none') : String(car.life.least_cost_year)],
  ];
  return (
    <Sheet title={t('renewal.of_car', { plate: plate(car.plate) })} isOpen onClose={onClose} wide>
      <p>
        <strong>{optionOf(car, t)}</strong>
      </p>
      <p>{reasonOf(car, t)}</p>
      <dl className="renewal-facts">
        {facts.map(([name, told]) => (
          <div key={name}>
            <dt className="muted">{t(`renewal.fact_${name}`)}</dt>
            <dd>{told}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('renewal.score_of', { n: car.score === null ? '—' : number(car.score, 1) })}</h3>
      <table className="renewal-parts">
        <thead>
          <tr>
            {['factor', 'found', 'span', 'got'].map((column) => (
              <th key={column} scope="col">
                {t(`renewal.part_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {car.score_parts.map((part) => (
            <tr key={part.factor}>
              <th scope="row">{t(`renewal.factor_${part.factor}`)}</th>
              <td className="num">{part.found === null ? t('renewal.unknown') : number(part.found)}</td>
              <td className="num">
                {number(part.none)} – {number(part.full)}
              </td>
              <td className="num">
                {number(part.got, 1)} / {part.points}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sheet>
  );
}
