/** The four states of a vehicle (车辆四色状态), each a colour and a shape: arrow, disc, ring, diamond. */

import type { Status } from '../live/fleet';
import { useText } from '../i18n';

const SHAPE: Record<Status, React.ReactNode> = {
  running: <path d="M8 1.500 13.500 14 8 11.200 2.500 14Z" fill="currentColor" />,
  still: <circle cx="8" cy="8" r="5.500" fill="currentColor" />,
  offline: <circle cx="8" cy="8" r="4.600" fill="none" stroke="currentColor" strokeWidth="2.400" />,
  faulty: <path d="M8 .8 15.200 8 8 15.200.8 8Z" fill="currentColor" />,
};

export function StatusShape({ status, size = 14 }: { status: Status; size?: number }) {
  return (
    <svg className={`status-shape status-${status}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPE[status]}
    </svg>
  );
}

export function StatusMark({ status }: { status: Status }) {
  const t = useText();
  return (
    <span className="status-mark">
      <StatusShape status={status} />
      {t(`status.${status}`)}
    </span>
  );
}
