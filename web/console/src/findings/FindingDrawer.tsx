/** A finding beside the list (疑点详情): its facts, where it came from, who did what when, and what the reader may do. */

import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/client';
import { useKeys } from '../app/keys';
import { followLink, setParams } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { dateTime, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Finding, type FindingAction, type FindingSheet, useFinding } from './api';
import { Due, KindName, StateMark } from './marks';
import { playbackOf } from './order';
import { StepSheet } from './StepSheet';
import { beside, excess } from './words';

const PackSheet = lazy(() => import('../audit/PackSheet').then(({ PackSheet: sheet }) => ({ default: sheet })));

export function FindingDrawer({ id }: { id: string }) {
  const t = useText();
  const queries = useQueryClient();
  const found = useFinding(id);
  const [step, setStep] = useState<FindingAction | null>(null);
  const [said, setSaid] = useState('');
  const head = useRef<HTMLHeadingElement>(null);
  const close = () => setParams({ finding: null });
  const sheet = found.data;
  const may = (action: FindingAction) => (sheet?.finding.actions.includes(action) ? setStep(action) : false);
  useKeys({ Escape: close, e: () => may('explain') });
  const isThere = sheet !== undefined;
  useEffect(() => head.current?.focus(), [isThere]);
  const done = (next: FindingSheet) => {
    setSaid(t(`findings.done_${step}`));
    setStep(null);
    queries.setQueryData(['findings', 'one', id], next);
    for (const part of ['list', 'unsettled']) void queries.invalidateQueries({ queryKey: ['findings', part] });
  };
  return (
    <aside className="drawer" aria-label={t('findings.one')} data-covers="right">
      <header className="drawer-head">
        {sheet ? (
          <div>
            <h2 ref={head} tabIndex={-1}>
              <KindName finding={sheet.finding} />
            </h2>
            <p className="drawer-line">
              <span className="muted">{plate(sheet.finding.plate)}</span>
              <StateMark state={sheet.finding.state} />
              <Due finding={sheet.finding} />
            </p>
          </div>
        ) : (
          <h2>{t('findings.one')}</h2>
        )}
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={close} />
      </header>
      {!sheet ? (
        found.isPending ? (
          <Skeleton rows={6} />
        ) : found.error instanceof ApiError && [403, 404].includes(found.error.status) ? (
          <Empty title={t('findings.not_found')} />
        ) : (
          <Failed error={found.error} retry={() => void found.refetch()} />
        )
      ) : (
        <div className="drawer-body" tabIndex={0} role="group" aria-label={t('findings.one')}>
          <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
          {sheet.finding.actions.length > 0 && (
            <div className="drawer-steps">
              {sheet.finding.actions.map((action, index) => (
                <Button key={action} look={index === 0 ? 'primary' : 'plain'} hint={action === 'explain' ? 'E' : undefined} onPress={() => setStep(action)}>
                  {t(`findings.do_${action}`)}
                </Button>
              ))}
            </div>
          )}
          <Facts sheet={sheet} />
          <Ways finding={sheet.finding} />
          <h3 className="drawer-title">{t('findings.steps')}</h3>
          <Steps sheet={sheet} />
        </div>
      )}
      {sheet && step && <StepSheet sheet={sheet} action={step} onClose={() => setStep(null)} onDone={done} />}
    </aside>
  );
}

function Facts({ sheet: { finding, heads } }: { sheet: FindingSheet }) {
  const t = useText();
  const facts: [string, React.ReactNode][] = [
    ['vehicle', `${plate(finding.plate)}${finding.unit_name ? ` · ${finding.unit_name}` : ''}`],
    ['at', <span className="num">{dateTime(finding.at)}</span>],
    ['found_at', <span className="num">{dateTime(finding.found_at)}</span>],
    ['excess', excess(finding)],
    ['beside', beside(finding.detail, finding.is_masked)],
    ['order', <Order finding={finding} />],
    ['driver', finding.order?.driver],
    ['head', finding.head === null ? null : t('findings.head', { n: finding.head, text: heads[finding.head - 1] ?? '' })],
  ];
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{t(`findings.fact_${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Order({ finding: { order } }: { finding: Finding }) {
  const t = useText();
  if (!order) return t('findings.no_order');
  if (order.number === null) return t('findings.order_hidden');
  return (
    <a href={`/print/order/${order.id}`} onClick={followLink} className="mono">
      {order.number}
    </a>
  );
}

/** Where it can be looked into: on the map, in the log, as evidence to take along. */
function Ways({ finding }: { finding: Finding }) {
  const t = useText();
  const { permissions } = useServices().session;
  const [takes, setTakes] = useState(false);
  const playback = permissions.includes('watch_vehicles') ? playbackOf(finding) : null;
  const day = new Date(Date.parse(finding.at) + 8 * 3_600_000).toISOString().slice(0, 10);
  const reads = permissions.includes('read_audit');
  if (!playback && !reads && !finding.is_masked) return null;
  return (
    <div className="ways">
      {playback && (
        <a className="button" href={playback} onClick={followLink}>
          {t('findings.playback')}
        </a>
      )}
      {reads && (
        <Button icon="download" onPress={() => setTakes(true)}>
          {t('findings.evidence')}
        </Button>
      )}
      {finding.is_masked && <p className="muted">{t('findings.masked')}</p>}
      {takes && (
        <Suspense fallback={null}>
          <PackSheet filter={{ from: day, to: '', login: '', action: '', kind: '', q: '', unit: { id: finding.unit_id, name: finding.unit_name ?? '' } }} onClose={() => setTakes(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Steps({ sheet: { finding, steps, heads } }: { sheet: FindingSheet }) {
  const t = useText();
  return (
    <ol className="course">
      <li>
        <p>
          <strong>{t('findings.step_found')}</strong>
          <span className="muted num">{dateTime(finding.found_at)}</span>
        </p>
      </li>
      {steps.map((step) => (
        <li key={`${step.at}${step.action}`}>
          <p>
            <strong>{t(`findings.step_${step.action}`)}</strong>
            <span className="muted">
              {step.by ?? t('findings.by_clock')} · <span className="num">{dateTime(step.at)}</span>
            </span>
          </p>
          {step.head !== null && <p>{t('findings.head', { n: step.head, text: heads[step.head - 1] ?? '' })}</p>}
          {step.text && <p className="course-text">{step.text}</p>}
        </li>
      ))}
    </ol>
  );
}
