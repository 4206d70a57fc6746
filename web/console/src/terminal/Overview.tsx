/** What a terminal is and how it stands (概况), with the steps that a fleet manager may take. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { followLink } from '../app/route';
import { SecretSheet } from '../admin/SecretSheet';
import { language, useText } from '../i18n';
import { age, dateTime, NONE, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { type TerminalDetail, type TerminalMade, useTerminalOptions } from './api';
import { BindTerminal } from './BindTerminal';
import { type Step, StepSheet } from './StepSheet';

export function Overview({ detail }: { detail: TerminalDetail }) {
  const t = useText();
  const queries = useQueryClient();
  const options = useTerminalOptions();
  const [open, setOpen] = useState<Step | 'bind' | null>(null);
  const [made, setMade] = useState<TerminalMade | null>(null);
  const changed = () => {
    for (const key of ['terminal', 'terminals', 'vehicle', 'devices']) void queries.invalidateQueries({ queryKey: [key] });
  };
  const profile = options.data?.profiles.find((one) => one.name === detail.profile);
  const hasSecret = options.data?.protocols.find((one) => one.name === detail.protocol)?.has_secret;
  const { link, told } = detail;
  const rows: [string, React.ReactNode][] = [
    [t('terminal.vehicle'), detail.plate && detail.vehicle_id ? <VehicleLink id={detail.vehicle_id} text={plate(detail.plate)} /> : t('devices.unbound')],
    [t('vehicle.unit'), detail.unit_name ?? NONE],
    [t('terminal.model'), [detail.model, told.maker, told.model].filter(Boolean).join(' · ')],
    [t('terminal.profile'), profile ? (language() === 'en' ? profile.name_en : profile.name_zh) : detail.profile],
    ['SIM', [detail.sim_number, ...detail.iccids].filter(Boolean).length > 0 ? <span className="mono">{[detail.sim_number, ...detail.iccids].filter(Boolean).join(' ')}</span> : NONE],
    [t('terminal.issued_on'), <span className="num">{detail.issued_on ?? NONE}</span>],
    [t('terminal.registered_at'), <span className="num">{dateTime(detail.registered_at)}</span>],
    [t('terminal.firmware'), <span className="mono">{told.firmware ?? NONE}</span>],
    [t('terminal.says'), told.plate || told.vin ? <span className="mono">{[told.plate, told.vin].filter(Boolean).join(' ')}</span> : NONE],
    [t('terminal.note'), detail.note || NONE],
  ];
  const links: [string, React.ReactNode][] = link
    ? [
        [t('terminal.last_heard'), <span className="num">{`${dateTime(link.last_heard_at)} · ${age((Date.now() - Date.parse(link.last_heard_at)) / 1000)}`}</span>],
        [t('terminal.connected_at'), <span className="num">{dateTime(link.connected_at)}</span>],
        [t('terminal.edition'), `${t(`protocol.${detail.protocol}`)}${link.version ? ` · ${link.version}` : ''}${link.encrypted ? ' · TLS' : ''}`],
        [t('terminal.peer'), <span className="mono">{link.peer}</span>],
        ...(link.closed_at ? [[t('terminal.closed_at'), `${dateTime(link.closed_at)} · ${t(`close.${link.close_reason}`, { defaultValue: link.close_reason ?? '' })}`] as [string, React.ReactNode]] : []),
      ]
    : [];
  return (
    <>
      {detail.mismatch.length > 0 && (
        <div className="notice notice-bad" role="note">
          <strong>{t('terminal.mismatch')}</strong>
          {detail.mismatch.map((one) => (
            <p key={one.field}>{t('terminal.mismatch_of', { field: t(`terminal.field_${one.field}`), told: one.told, expected: one.expected })}</p>
          ))}
        </div>
      )}
      <Facts rows={rows} />
      <h3 className="drawer-title">{t('terminal.link')}</h3>
      {links.length > 0 ? <Facts rows={links} /> : <p className="muted">{t('terminal.never_text')}</p>}
      {detail.may_manage && (
        <div className="drawer-steps">
          {detail.state !== 'disabled' && (
            <Button icon="link" look={detail.vehicle_id ? 'plain' : 'primary'} onPress={() => setOpen('bind')}>
              {t(detail.vehicle_id ? 'terminal.rebind' : 'devices.bind')}
            </Button>
          )}
          {detail.vehicle_id && <Button onPress={() => setOpen('unbinding')}>{t('devices.unbind')}</Button>}
          {detail.protocol === 'jt808' && detail.registered_at && <Button onPress={() => setOpen('registration')}>{t('terminal.allow_registration')}</Button>}
          {hasSecret && detail.state !== 'disabled' && <Button onPress={() => setOpen('secret')}>{t('devices.renew')}</Button>}
          <Button onPress={() => setOpen(detail.state === 'disabled' ? 'enable' : 'disable')}>{t(detail.state === 'disabled' ? 'terminal.enable' : 'terminal.disable')}</Button>
        </div>
      )}
      {open === 'bind' && <BindTerminal detail={detail} onClose={() => setOpen(null)} onDone={changed} />}
      {open && open !== 'bind' && (
        <StepSheet
          step={open}
          detail={detail}
          onClose={() => setOpen(null)}
          onDone={(answer) => {
            changed();
            if ('secret' in answer) setMade(answer);
          }}
        />
      )}
      {made && <SecretSheet made={made} onClose={() => setMade(null)} />}
    </>
  );
}

function VehicleLink({ id, text }: { id: string; text: string }) {
  return (
    <a href={`/?v=${id}`} onClick={followLink}>
      {text}
    </a>
  );
}

export function Facts({ rows }: { rows: [string, React.ReactNode][] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
