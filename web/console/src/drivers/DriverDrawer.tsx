/** A driver beside the list (驾驶员抽屉): the file, the licence and what was learned, with what may be done. */

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/client';
import { useKeys } from '../app/keys';
import { setParams } from '../app/route';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type DriverDetail, hours, useDriver } from './api';
import { FileSheet } from './FileSheet';
import { LicenceUntil } from './Licence';
import { ScorePanel } from './ScorePanel';
import { StudySheet } from './StudySheet';

const YEAR_MS = 365 * 86_400_000;

export function DriverDrawer({ id }: { id: string }) {
  const t = useText();
  const queries = useQueryClient();
  const driver = useDriver(id);
  const [step, setStep] = useState<'change' | 'learn' | null>(null);
  const [said, setSaid] = useState('');
  const head = useRef<HTMLHeadingElement>(null);
  const close = () => setParams({ driver: null });
  useKeys({ Escape: close });
  const detail = driver.data;
  const isThere = detail !== undefined;
  useEffect(() => head.current?.focus(), [isThere]);
  const changed = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['driver', id] });
    void queries.invalidateQueries({ queryKey: ['drivers'] });
    setSaid(words);
    setStep(null);
  };
  return (
    <aside className="drawer" aria-label={detail ? t('drivers.of', { name: detail.name }) : t('drivers.title')} data-covers="right">
      <header className="drawer-head">
        {detail ? (
          <div>
            <h2 ref={head} tabIndex={-1}>
              {detail.name}
            </h2>
            <p className="drawer-line">
              <span className="muted">{detail.unit_name}</span>
              <span className={`state driver-${detail.status}`}>{t(`drivers.status_${detail.status}`)}</span>
            </p>
          </div>
        ) : (
          <h2>{t('drivers.title')}</h2>
        )}
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={close} />
      </header>
      {!detail ? (
        driver.isPending ? (
          <Skeleton rows={6} />
        ) : driver.error instanceof ApiError && driver.error.status === 404 ? (
          <Empty title={t('drivers.not_found')} />
        ) : (
          <Failed error={driver.error} retry={() => void driver.refetch()} />
        )
      ) : (
        <div className="drawer-body">
          <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
          <Facts detail={detail} />
          <h3 className="drawer-title">{t('drivers.score')}</h3>
          <ScorePanel id={id} />
          <h3 className="drawer-title">{t('drivers.studies')}</h3>
          <Studies detail={detail} />
          {detail.may_change && (
            <div className="drawer-steps">
              <Button look="primary" onPress={() => setStep('change')}>
                {t('drivers.change')}
              </Button>
              <Button icon="plus" onPress={() => setStep('learn')}>
                {t('drivers.learn')}
              </Button>
            </div>
          )}
        </div>
      )}
      {detail && step === 'change' && <FileSheet driver={detail} onClose={() => setStep(null)} onDone={(made) => changed(t('drivers.saved', { name: made.name }))} />}
      {detail && step === 'learn' && <StudySheet driver={detail} onClose={() => setStep(null)} onDone={() => changed(t('drivers.learned'))} />}
    </aside>
  );
}

function Facts({ detail }: { detail: DriverDetail }) {
  const t = useText();
  const facts: [string, React.ReactNode][] = [
    [t('drivers.column_phone'), <span className="num">{detail.phone}</span>],
    [t('drivers.column_licence'), detail.licence_class],
    [t('drivers.fact_tail'), <span className="mono">{detail.licence_tail}</span>],
    [t('drivers.column_until'), <LicenceUntil driver={detail} />],
    [t('drivers.fact_joined'), <span className="num">{detail.joined_on}</span>],
    [t('drivers.fact_account'), detail.login ? <span className="mono">{detail.login}</span> : <span className="muted">{t('drivers.no_account')}</span>],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Studies({ detail }: { detail: DriverDetail }) {
  const t = useText();
  if (detail.studies.length === 0) return <Empty title={t('drivers.no_studies')} />;
  const recent = detail.studies.filter((study) => Date.now() - Date.parse(study.on) <= YEAR_MS);
  return (
    <>
      <p className="muted">{t('drivers.studied', { hours: hours(recent.reduce((sum, study) => sum + study.minutes, 0)) })}</p>
      <ul className="studies">
        {detail.studies.map((study) => (
          <li key={study.id}>
            <p>
              <span className="num muted">{study.on}</span> <strong>{study.topic}</strong>
            </p>
            <p className="muted">{t('drivers.study_line', { hours: hours(study.minutes), by: study.by })}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
