/** The frame of the pages of this chapter (全生命周期页面): a title, views side by side, what was said, and a car's life on top. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/plans.css';
import '../styles/life.css';
import { useState } from 'react';
import { setParams, usePlace } from '../app/route';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { LifeSheet } from './LifeSheet';

interface PageProps {
  name: string;
  views: readonly string[];
  actions: (view: string, say: (words: string) => void) => React.ReactNode;
  children: (view: string, say: (words: string) => void, open: (vehicle: string) => void) => React.ReactNode;
}

export function LifePage({ name, views, actions, children }: PageProps) {
  const t = useText();
  const { params } = usePlace();
  const asked = params.get('view') ?? '';
  const view = views.includes(asked) ? asked : views[0]!;
  const [said, setSaid] = useState('');
  const [car, setCar] = useState<string | null>(() => params.get('car'));
  return (
    <main id="main" tabIndex={-1} className="page devices terminals plans life">
      <header className="page-head">
        <div>
          <h1>{t(`life.title_${name}`)}</h1>
          <p className="muted">{t(`life.lead_${name}`)}</p>
        </div>
        <div className="page-actions">{actions(view, setSaid)}</div>
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <div className="plan-views" role="group" aria-label={t('life.views')}>
        {views.map((one) => (
          <Button
            key={one}
            look={view === one ? 'primary' : 'plain'}
            aria-pressed={view === one}
            onPress={() => {
              setSaid('');
              setParams({ view: one === views[0] ? null : one });
            }}
          >
            {t(`life.view_${one}`)}
          </Button>
        ))}
      </div>
      {children(view, setSaid, setCar)}
      {car && <LifeSheet vehicle={car} onClose={() => setCar(null)} />}
    </main>
  );
}
