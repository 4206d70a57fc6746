/** Until when a licence holds (驾驶证有效期): the day, and in words and colour when that is soon or past. */

import { useText } from '../i18n';
import { type Driver, licenceState } from './api';

export function LicenceUntil({ driver }: { driver: Driver }) {
  const t = useText();
  const left = driver.licence_days_left;
  const state = licenceState(left);
  const words = state === 'expired' ? t('drivers.expired', { n: -left }) : left === 0 ? t('drivers.expires_today') : t('drivers.expires', { n: left });
  return (
    <span className="licence">
      <span className="num">{driver.licence_until}</span>
      {state !== 'good' && <span className={`licence-mark licence-${state}`}>{words}</span>}
    </span>
  );
}
