/** The pages that belong together (相关页面): the way from one to the others, for who may be there. */

import { mayBeAt } from '../app/places';
import { followLink, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';

const TOGETHER: { path: string; text: string }[] = [
  { path: '/findings', text: 'nav.findings' },
  { path: '/cases', text: 'nav.cases' },
  { path: '/defects', text: 'nav.defects' },
  { path: '/admin/sensitive-places', text: 'nav.places' },
];

export function Beside() {
  const t = useText();
  const { session } = useServices();
  const { path } = usePlace();
  const open = TOGETHER.filter((place) => mayBeAt(place.path, session.permissions));
  if (open.length < 2) return null;
  return (
    <nav className="beside" aria-label={t('findings.beside')}>
      {open.map((place) => (
        <a key={place.path} href={place.path} onClick={followLink} aria-current={place.path === path ? 'page' : undefined}>
          {t(place.text)}
        </a>
      ))}
    </nav>
  );
}
