/** One's own stars and lessons (评分与学习): this quarter with its parts, the quarters before, and what was learned; nobody else's. */

import { useEffect, useState } from 'react';
import { get } from '../api/client';
import type { components } from '../api/schema';
import { t } from './texts';

type Score = components['schemas']['DriverScoreView'];
type Study = components['schemas']['StudyView'];

/** `★ 4.12`; a dash where there was nothing to judge by. */
const stars = (hundredths: number | null | undefined) => (hundredths === null || hundredths === undefined ? '★ —' : `★ ${(hundredths / 100).toFixed(2)}`);

export function OwnScore({ id }: { id: string }) {
  const [score, setScore] = useState<Score | null>(null);
  const [studies, setStudies] = useState<Study[]>([]);
  useEffect(() => {
    const gone = new AbortController();
    // Without a network there is nothing to show yet, and the trips stand above all the same.
    void get<Score>(`/drivers/${id}/score`, {}, gone.signal).then(setScore, () => undefined);
    void get<{ studies: Study[] }>(`/drivers/${id}`, {}, gone.signal).then((file) => setStudies(file.studies), () => undefined);
    return () => gone.abort();
  }, [id]);
  if (!score) return null;
  return (
    <>
      <h2>{t('driver_app.score')}</h2>
      <dl className="sums">
        <div>
          <dt>{score.quarter}</dt>
          <dd>{stars(score.stars_hundredths)}</dd>
        </div>
        {score.parts.map((part) => (
          <div key={part.part}>
            <dt>{t(`driver_app.score_${part.part}`)}</dt>
            <dd>{stars(part.stars_hundredths)}</dd>
          </div>
        ))}
      </dl>
      {score.past.length > 0 && <p className="muted">{score.past.map((past) => `${past.quarter} ${stars(past.stars_hundredths)}`).join(' · ')}</p>}
      <h2>{t('driver_app.studies')}</h2>
      {studies.length === 0 && <p className="muted">{t('driver_app.no_studies')}</p>}
      {studies.map((study) => (
        <p key={study.id} className="card">
          <span className="card-head">
            <strong>{study.topic}</strong>
          </span>
          <span className="card-foot">{t('driver_app.study_line', { on: study.on, minutes: study.minutes })}</span>
        </p>
      ))}
    </>
  );
}
