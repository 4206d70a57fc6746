/** What stands under a sign of the line (履历清单), or all of a life; and its years in figures. Each row opens the page it comes from. */

import { useState } from 'react';
import { followLink } from '../app/route';
import { useText } from '../i18n';
import { number } from '../ui/format';
import { Button } from '../ui/kit';
import { dayOf, lastDay, type LifeLine, type LifeMark, sourceOf, yuanText } from './line';

/** Rows shown before somebody asks for all. */
const SHOWN = 12;

interface ListProps {
  life: LifeLine;
  chosen: { title: string; marks: readonly LifeMark[] } | null;
  onAll: () => void;
  opens: (path: string) => boolean;
  /** Where the registration of the car is kept, for who may see it. */
  registration: string | null;
}

export function LifeList({ life, chosen, onAll, opens, registration }: ListProps) {
  const t = useText();
  const [all, setAll] = useState(false);
  const marks = [...(chosen?.marks ?? life.marks)].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  const rows = all || chosen ? marks : marks.slice(0, SHOWN);
  return (
    <div className="whole-lists">
      <section className="table-card" aria-label={t('whole.list')}>
        <header className="whole-list-head">
          <h2 aria-live="polite">{chosen ? chosen.title : t('whole.list')}</h2>
          {chosen && <Button onPress={onAll}>{t('whole.all')}</Button>}
        </header>
        <ol className="whole-marks">
          {rows.map((mark, at) => (
            <li key={`${mark.kind}-${mark.subject_id}-${mark.at}-${at}`}>
              <span className="num">{dayOf(mark.at)}</span>
              <Source mark={mark} opens={opens} registration={registration} />
              <span>
                {textOf(mark, t)}
                {mark.until && <span className="muted"> {t('whole.until', { on: lastDay(mark.until) })}</span>}
              </span>
              <span className="num">{mark.amount_fen == null ? '' : yuanText(mark.amount_fen)}</span>
            </li>
          ))}
        </ol>
        {rows.length < marks.length && <Button onPress={() => setAll(true)}>{t('whole.more', { count: marks.length })}</Button>}
      </section>
      {life.years.length > 0 && <Years life={life} opens={opens} />}
    </div>
  );
}

function Source({ mark, opens, registration }: { mark: LifeMark; opens: (path: string) => boolean; registration: string | null }) {
  const t = useText();
  const own = sourceOf(mark);
  const path = own === null ? registration : opens(own) ? own : null;
  const name = t(`whole.mark_${mark.kind}`);
  return path === null ? (
    <strong>{name}</strong>
  ) : (
    <a href={path} onClick={followLink}>
      {name}
    </a>
  );
}

/** What a mark says, in the words of its kind. */
function textOf(mark: LifeMark, t: ReturnType<typeof useText>): string {
  const word: Record<string, string> = {
    registration: `life.body_${mark.word}`,
    marking: `life.kind_${mark.word}`,
    establishment: `life.kind_${mark.word}`,
    policy: `whole.policy_${mark.word}`,
    inspection: `whole.inspection_${mark.word}`,
    card: `whole.card_${mark.word}`,
    repair: `whole.repair_${mark.word}`,
    seal: `whole.seal_${mark.word}`,
    finding: `whole.finding_${mark.word}`,
    terminal: mark.word,
  };
  const isPaper = ['indicator', 'purchase', 'disposal', 'transfer'].includes(mark.kind);
  const key = isPaper ? `life.move_${mark.word}` : word[mark.kind];
  const said = key === undefined || mark.word === '' ? '' : t(key, { defaultValue: mark.word });
  const note = mark.kind === 'finding' || mark.kind === 'card' ? '' : mark.note;
  return [said, mark.title, note].filter(Boolean).join(' · ');
}

/** The years of a car: how far, and what for. */
function Years({ life, opens }: { life: LifeLine; opens: (path: string) => boolean }) {
  const t = useText();
  const driven = (year: number) => life.months.filter((month) => month.month.startsWith(String(year))).reduce((sum, month) => sum + month.distance_km, 0);
  return (
    <section className="table-card" aria-label={t('whole.years_title')}>
      <header className="whole-list-head">
        <h2>{t('whole.years_title')}</h2>
        {opens('/vehicle-costs') && (
          <a href="/vehicle-costs" onClick={followLink}>
            {t('whole.ledger')}
          </a>
        )}
      </header>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('whole.years_title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('whole.year')}</th>
              <th scope="col" className="num">{t('whole.km')}</th>
              <th scope="col" className="num">{t('whole.running')}</th>
              <th scope="col">{t('whole.heads')}</th>
            </tr>
          </thead>
          <tbody>
            {[...life.years].reverse().map((year) => (
              <tr key={year.year}>
                <th scope="row" className="num">{year.year}</th>
                <td className="num">{driven(year.year) === 0 ? '—' : number(driven(year.year))}</td>
                <td className="num">{yuanText(year.running_fen)}</td>
                <td className="muted">{year.heads.map((head) => `${t(`whole.head_${head.head}`)} ${yuanText(head.amount_fen)}`).join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
