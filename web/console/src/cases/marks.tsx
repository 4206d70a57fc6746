/** What marks a case (案件标记). */

import { useText } from '../i18n';
import type { Case } from './api';

/** Where it stands, and, once it is closed, whether it was true. */
export function CaseState({ one }: { one: Case }) {
  const t = useText();
  const look = one.outcome === 'unfounded' ? 'closed' : (one.outcome ?? one.state);
  return <span className={`state case-${look}`}>{t(one.outcome ? `cases.outcome_${one.outcome}` : `cases.state_${one.state}`)}</span>;
}
