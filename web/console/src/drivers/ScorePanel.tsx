/** How well a driver drove (星级评分): the quarter with its four parts, each of which opens what it was judged by. */

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../api/client';
import type { components } from '../api/schema';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { driverPath } from './api';
import { amountOf, starText } from './score';

type Schemas = components['schemas'];
type Score = Schemas['DriverScoreView'];
type Items = Schemas['ScoreItemList'];

export function ScorePanel({ id }: { id: string }) {
  const t = useText();
  const [quarter, setQuarter] = useState('');
  const [part, setPart] = useState('');
  const score = useQuery({
    queryKey: ['driver', id, 'score', quarter],
    queryFn: ({ signal }) => get<Score>(driverPath(id, '/score'), quarter ? { quarter } : {}, signal),
  });
  if (score.isPending) return <Skeleton rows={4} />;
  if (!score.data) return <Failed error={score.error} retry={() => void score.refetch()} />;
  const { data } = score;
  return (
    <section aria-label={t('drivers.score')}>
      <p>
        <strong className="num">{starText(data.stars_hundredths)}</strong>{' '}
        <span className="muted">{t(data.is_closed ? 'drivers.score_kept' : 'drivers.score_running', { quarter: data.quarter, trips: data.trips })}</span>
      </p>
      <dl className="facts">
        {data.parts.map((one) => (
          <div key={one.part}>
            <dt>{t(`drivers.score_${one.part}`)}</dt>
            <dd>
              <span className="num">{starText(one.stars_hundredths)}</span>{' '}
              <Button look="quiet" aria-expanded={part === one.part} isDisabled={one.counted === 0} onPress={() => setPart(part === one.part ? '' : one.part)}>
                {t('drivers.score_counted', { counted: one.counted, against: one.against })}
              </Button>
            </dd>
          </div>
        ))}
      </dl>
      {part && <Judged id={id} part={part} quarter={data.quarter} />}
      {data.past.length > 0 && (
        <p className="drawer-steps">
          {quarter && (
            <Button look="quiet" onPress={() => setQuarter('')}>
              {t('drivers.score_now')}
            </Button>
          )}
          {data.past.slice(0, 8).map((past) => (
            <Button key={past.quarter} look="quiet" aria-pressed={quarter === past.quarter} onPress={() => setQuarter(past.quarter)}>
              {`${past.quarter} ${starText(past.stars_hundredths)}`}
            </Button>
          ))}
        </p>
      )}
    </section>
  );
}

/** What a part was judged by; what costs stars is marked. */
function Judged({ id, part, quarter }: { id: string; part: string; quarter: string }) {
  const t = useText();
  const list = useQuery({
    queryKey: ['driver', id, 'score', quarter, part],
    queryFn: ({ signal }) => get<Items>(driverPath(id, `/score/${part}`), { quarter }, signal),
  });
  if (list.isPending) return <Skeleton rows={3} />;
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <ul className="studies" aria-label={t(`drivers.score_${part}`)}>
      {list.data.items.map((item) => (
        <li key={`${item.order_id} ${item.fact} ${item.at}`}>
          <p>
            <strong>{t(`drivers.fact_${item.fact}`)}</strong> <span className="num">{amountOf(item, t)}</span>
            {item.is_against && <span className="state driver-suspended">{t('drivers.score_against')}</span>}
          </p>
          <p className="muted">
            <span className="num">{new Date(item.at).toLocaleString()}</span> · {item.order_number} {item.note && `· ${item.note}`}
          </p>
        </li>
      ))}
    </ul>
  );
}
