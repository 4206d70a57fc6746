/** What marks a finding (疑点标记): what it is, where it stands, and by when it is to be explained. */

import { useText } from '../i18n';
import { dateTime } from '../ui/format';
import type { Finding, FindingState } from './api';

/** Its name, with its code in the list of alarms where that has one. */
export function KindName({ finding }: { finding: Pick<Finding, 'kind' | 'code' | 'name_zh'> }) {
  const t = useText();
  return (
    <>
      {t(`findings.kind_${finding.kind}`, { defaultValue: finding.name_zh })}
      {finding.code && <span className="kind-code mono">{finding.code}</span>}
    </>
  );
}

export function StateMark({ state }: { state: FindingState }) {
  const t = useText();
  return <span className={`state finding-${state}`}>{t(`findings.state_${state}`)}</span>;
}

/** While the clock runs: until when; once it has run out it stands with who leads. */
export function Due({ finding }: { finding: Pick<Finding, 'state' | 'explain_by'> }) {
  const t = useText();
  if (finding.state !== 'open' || finding.explain_by === null) return null;
  const isOver = Date.parse(finding.explain_by) <= Date.now();
  return <small className={`row-line num${isOver ? ' overdue' : ' muted'}`}>{t(isOver ? 'findings.overdue' : 'findings.explain_by', { at: dateTime(finding.explain_by) })}</small>;
}
