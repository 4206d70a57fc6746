/** The devices of a rollout (升级明细), those that failed first, with the reason they gave. */

import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Items, Rollout, RolloutTarget } from '../api/types';
import { errorText, useText } from '../i18n';
import { dateTime, NONE, plate } from '../ui/format';
import { Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';

export function RolloutTargets({ rollout, onClose }: { rollout: Rollout; onClose: () => void }) {
  const t = useText();
  const targets = useQuery({
    queryKey: ['firmware', rollout.id],
    queryFn: ({ signal }) => get<Items<RolloutTarget>>(`/firmware/rollouts/${rollout.id}/targets`, {}, signal),
    refetchInterval: 5000,
  });
  return (
    <Sheet title={t('firmware.targets_title', { version: rollout.version })} isOpen wide onClose={onClose}>
      {targets.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : targets.isError && !targets.data ? (
        <Failed error={targets.error} retry={() => void targets.refetch()} />
      ) : targets.data.items.length === 0 ? (
        <Empty title={t('firmware.no_targets')} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t('firmware.targets')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('devices.terminal')}</th>
                <th scope="col">{t('devices.vehicle')}</th>
                <th scope="col">{t('firmware.stage')}</th>
                <th scope="col">{t('firmware.before')}</th>
                <th scope="col">{t('firmware.now')}</th>
                <th scope="col">{t('firmware.standing')}</th>
                <th scope="col">{t('firmware.since')}</th>
              </tr>
            </thead>
            <tbody>
              {targets.data.items.map((target) => (
                <tr key={target.device_id}>
                  <th scope="row" className="mono">
                    {target.terminal_id}
                  </th>
                  <td>{target.plate ? plate(target.plate) : NONE}</td>
                  <td className="num">{rollout.stages_pct[target.stage] ?? 100} %</td>
                  <td className="mono">{target.previous_version ?? NONE}</td>
                  <td className="mono">{target.version ?? NONE}</td>
                  <td data-state={target.state} className="target-state">
                    {t(`firmware.target.${target.state}`)}
                    {target.code && <span className="muted"> · {errorText(target.code)}</span>}
                  </td>
                  <td className="num">{dateTime(target.changed_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Sheet>
  );
}
