/** A board of papers (单据看板): by where they stand, each with its next steps as buttons and its way so far. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { useText } from '../i18n';
import { dateTime } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Kind, type Paper, usePapers } from './api';
import { StepSheet } from './StepSheet';
import { byState, lineOf, shareText } from './words';

export function Papers({ kind, onSaid, onCar }: { kind: Kind; onSaid: (words: string) => void; onCar: (vehicle: string) => void }) {
  const t = useText();
  const queries = useQueryClient();
  const papers = usePapers(kind);
  const [step, setStep] = useState<{ paper: Paper; action: string } | null>(null);
  if (papers.isPending) return <Skeleton rows={6} kind="row" />;
  if (!papers.data) {
    return papers.error instanceof ApiError && papers.error.status === 403 ? <Empty title={t('life.forbidden')} /> : <Failed error={papers.error} retry={() => void papers.refetch()} />;
  }
  if (papers.data.items.length === 0) return <Empty title={t(`life.none_${kind}`)} />;
  return (
    <>
      {byState(kind, papers.data.items).map(({ state, papers: group }) => (
        <section key={state} className="life-group" aria-label={t(`life.state_${state}`)}>
          <h2>
            {t(`life.state_${state}`)} <span className="muted num">{group.length}</span>
          </h2>
          <ul className="life-cards">
            {group.map((paper) => (
              <li key={paper.id} className="life-card" data-number={paper.number}>
                <p>
                  <strong className="mono">{paper.number}</strong> <span className="muted">{paper.unit_name}</span>
                </p>
                <p>{lineOf(paper, t)}</p>
                {paper.facts.share && <p className={paper.facts.share.is_short ? 'notice notice-bad' : 'muted'}>{shareText(paper, t)}</p>}
                {paper.document && <p className="muted">{t('life.by_document', { document: paper.document })}</p>}
                {paper.valid_until && <p className="muted num">{t('life.valid_until', { day: paper.valid_until })}</p>}
                <details>
                  <summary>{t('life.steps')}</summary>
                  <ol className="life-steps">
                    {paper.steps.map((done) => (
                      <li key={`${done.at}-${done.to}`}>
                        <span className="num">{dateTime(done.at)}</span> {done.by} {t(`life.move_${done.action}`)} {done.words} {done.document}
                      </li>
                    ))}
                  </ol>
                </details>
                <p className="plan-moves">
                  {paper.moves.map((action) => (
                    <Button key={action} look={['reject', 'withdraw', 'cancel', 'revoke', 'release', 'expire'].includes(action) ? 'quiet' : 'plain'} onPress={() => setStep({ paper, action })} aria-label={`${t(`life.move_${action}`)} ${paper.number}`}>
                      {t(`life.move_${action}`)}
                    </Button>
                  ))}
                  {paper.vehicle_id && paper.plate && (
                    <Button look="quiet" icon="log" onPress={() => onCar(paper.vehicle_id!)}>
                      {t('life.life_of', { plate: paper.plate })}
                    </Button>
                  )}
                </p>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {step && (
        <StepSheet
          paper={step.paper}
          action={step.action}
          onClose={() => setStep(null)}
          onDone={() => {
            void queries.invalidateQueries({ queryKey: ['lifecycle'] });
            onSaid(t('life.done', { action: t(`life.move_${step.action}`), number: step.paper.number }));
            setStep(null);
          }}
        />
      )}
    </>
  );
}
