/** The years of a plan of renewal (年度安排): bars for the eye, and the figures in a table. */

import { useText } from '../i18n';
import { number } from '../ui/format';
import { type RenewalPlan, type RenewalYear, wholeYuan } from './renewal';

const share = (part: number, whole: number): string => (whole === 0 ? '—' : `${number((part * 100) / whole, 1)}%`);
const age = (months: number | null): string => (months === null ? '—' : number(months / 12, 1));

export function RenewalYears({ plan }: { plan: RenewalPlan }) {
  const t = useText();
  const budget = (year: number) => plan.targets.find((target) => target.kind === 'budget' && target.year === year)?.value ?? null;
  const most = Math.max(1, ...plan.years.map((year) => Math.max(year.spent_fen, budget(year.year) ?? 0)));
  const rows: [string, (year: RenewalYear) => string, string][] = [
    ['renewed', (year) => number(year.renewed), ''],
    ['renewed_nev', (year) => share(year.renewed_nev, year.renewed), ''],
    ['moved', (year) => number(year.moved), ''],
    ['dropped', (year) => number(year.dropped), ''],
    ['spent', (year) => wholeYuan(year.spent_fen), ''],
    ['budget', (year) => (budget(year.year) === null ? '—' : wholeYuan(budget(year.year) ?? 0)), ''],
    ['running', (year) => wholeYuan(year.running_fen), ''],
    ['cars', (year) => number(year.cars), number(plan.cars)],
    ['nev', (year) => share(year.nev, year.cars), share(plan.nev_now, plan.cars)],
    ['age', (year) => age(year.mean_age_months), age(plan.mean_age_now_months)],
    ['old', (year) => share(year.old, year.cars), ''],
  ];
  return (
    <section className="table-card" aria-label={t('renewal.years')}>
      <h2 className="figures-list">{t('renewal.years')}</h2>
      {plan.years.some((year) => year.spent_fen > 0) && (
        <>
          <ol className="renewal-bars" aria-hidden="true">
            {plan.years.map((year) => (
              <li key={year.year}>
                <span className="renewal-bar">
                  {budget(year.year) !== null && <i style={{ bottom: `${((budget(year.year) ?? 0) / most) * 100}%` }} />}
                  <span style={{ height: `${(year.spent_fen / most) * 100}%` }}>
                    <span data-nev style={{ height: share(year.renewed_nev, Math.max(1, year.renewed)) }} />
                  </span>
                </span>
                <strong className="num">{year.year}</strong>
                <span className="num muted">{t('renewal.bar', { n: year.renewed, nev: year.renewed_nev })}</span>
              </li>
            ))}
          </ol>
          <p className="muted renewal-key">{t('renewal.key')}</p>
        </>
      )}
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('renewal.years')}>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{t('renewal.now')}</th>
              {plan.years.map((year) => (
                <th key={year.year} scope="col" className="num">
                  {year.year}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, told, now]) => (
              <tr key={name}>
                <th scope="row">{t(`renewal.row_${name}`)}</th>
                <td className="num muted">{now}</td>
                {plan.years.map((year) => (
                  <td key={year.year} className="num">
                    {told(year)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
