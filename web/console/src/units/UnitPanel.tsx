/** One unit (单位详情): what it is, what it has, what it was, what may be decided about it. */

import { useState } from 'react';
import { ApiError } from '../api/client';
import { setParams } from '../app/route';
import { useText } from '../i18n';
import { NONE, number } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { ActSheet } from './ActSheet';
import { type Act, type Chapter, type UnitDetail, useUnit } from './api';
import { FoundSheet } from './FoundSheet';

export function UnitPanel({ id }: { id: string }) {
  const t = useText();
  const unit = useUnit(id);
  const [sheet, setSheet] = useState<Act | 'found' | null>(null);
  const close = () => setParams({ unit: null });
  const detail = unit.data;
  return (
    <aside className="unit-panel" aria-label={detail?.name ?? t('units.title')}>
      <header className="drawer-head">
        <div>
          <h2>{detail?.name ?? t('units.title')}</h2>
          {detail && detail.above.length > 0 && <p className="muted">{[...detail.above].reverse().join(' / ')}</p>}
        </div>
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={close} />
      </header>
      {!detail ? (
        unit.isPending ? (
          <Skeleton rows={8} />
        ) : unit.error instanceof ApiError && unit.error.status === 404 ? (
          <Empty title={t('units.choose')} />
        ) : (
          <Failed error={unit.error} retry={() => void unit.refetch()} />
        )
      ) : (
        <div className="unit-body" tabIndex={0} role="group" aria-label={detail.name}>
          <Figures unit={detail} />
          {detail.acts.length > 0 && (
            <div className="drawer-steps">
              {detail.status === 'active' && (
                <Button look="primary" icon="plus" onPress={() => setSheet('found')}>
                  {t('units.found')}
                </Button>
              )}
              {detail.acts.map((act) => (
                <Button key={act} onPress={() => setSheet(act as Act)}>
                  {t(`units.do_${act}`)}
                </Button>
              ))}
            </div>
          )}
          <FactList unit={detail} />
          <h3 className="drawer-title">{t('units.history')}</h3>
          <ol className="unit-history">
            {detail.history.map((chapter, at) => (
              <ChapterItem key={detail.history.length - at} chapter={chapter} />
            ))}
          </ol>
        </div>
      )}
      {detail && sheet === 'found' && (
        <FoundSheet
          above={detail}
          onClose={() => setSheet(null)}
          onMade={(made) => {
            setSheet(null);
            setParams({ unit: made });
          }}
        />
      )}
      {detail && sheet !== null && sheet !== 'found' && <ActSheet act={sheet} unit={detail} onClose={() => setSheet(null)} />}
    </aside>
  );
}

function Figures({ unit }: { unit: UnitDetail }) {
  const t = useText();
  const { counts } = unit;
  return (
    <dl className="unit-figures">
      <div>
        <dt>{t('units.below')}</dt>
        <dd className="num">{number(counts.children)}</dd>
        <dd className="muted">{t('units.with_below', { count: counts.units_below })}</dd>
      </div>
      <div>
        <dt>{t('units.vehicles')}</dt>
        <dd className="num">{number(counts.vehicles)}</dd>
        <dd className="muted">{t('units.with_below', { count: counts.vehicles_with_below })}</dd>
      </div>
      <div>
        <dt>{t('units.accounts')}</dt>
        <dd className="num">{number(counts.accounts)}</dd>
        <dd className="muted">{t('units.with_below', { count: counts.accounts_with_below })}</dd>
      </div>
    </dl>
  );
}

function FactList({ unit }: { unit: UnitDetail }) {
  const t = useText();
  const facts: [string, React.ReactNode][] = [
    [t('units.kind'), t(`units.kind_${unit.kind}`)],
    [t('units.level'), t(`units.level_${unit.level}`)],
    [t('units.region'), <span className="mono">{unit.region_code}</span>],
    [t('units.credit'), unit.credit_code ? <span className="mono">{unit.credit_code}</span> : NONE],
  ];
  if (unit.status !== 'active') facts.unshift([t('terminal.column_state'), <span className="state">{t(`units.status_${unit.status}`)}</span>]);
  if (unit.lines.length > 0) facts.push([t('units.in_lines'), unit.lines.map((line) => line.name).join('、')]);
  return (
    <dl className="unit-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ChapterItem({ chapter }: { chapter: Chapter }) {
  const t = useText();
  const other = { move: 'from', merge: 'into', take_over: 'took' }[chapter.act];
  return (
    <li>
      <p>
        <strong>{t(`units.act_${chapter.act}`)}</strong>{' '}
        <span className="muted num">
          {chapter.to_on && chapter.act !== 'enter' ? t('units.from_to', { from: chapter.from_on, to: chapter.to_on }) : t('units.from', { from: chapter.from_on })}
        </span>
      </p>
      <p>{chapter.name}</p>
      {chapter.parent_name && <p className="muted">{t('units.chapter_parent', { name: chapter.parent_name })}</p>}
      {other && chapter.other_name && <p className="muted">{t(`units.chapter_${other}`, { name: chapter.other_name })}</p>}
      {(chapter.document || chapter.reason || chapter.by) && <p className="muted">{[chapter.document, chapter.reason, chapter.by].filter(Boolean).join(' · ')}</p>}
    </li>
  );
}
