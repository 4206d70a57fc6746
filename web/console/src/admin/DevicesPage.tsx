/** Devices and vehicles (终端与车辆): the fleet manager's small back office. */

import '../styles/admin.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { useDevices } from '../api/queries';
import type { Device, NewDevice } from '../api/types';
import { useText } from '../i18n';
import { dateTime, NONE, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Icon } from '../ui/icon';
import { Empty, Failed, Skeleton } from '../ui/states';
import { BindSheet, UnbindSheet } from './BindSheet';
import { RegisterSheet } from './RegisterSheet';
import { RenewSheet } from './RenewSheet';
import { SecretSheet } from './SecretSheet';
import { VehicleSheet } from './VehicleSheet';

type Open = { kind: 'register' } | { kind: 'vehicle' } | { kind: 'secret'; made: NewDevice } | { kind: 'bind' | 'unbind' | 'renew'; device: Device } | null;

export default function DevicesPage() {
  const t = useText();
  const queries = useQueryClient();
  const devices = useDevices();
  const [open, setOpen] = useState<Open>(null);
  const [filter, setFilter] = useState('');
  const [done, setDone] = useState('');
  const close = () => setOpen(null);
  const changed = () => {
    void queries.invalidateQueries({ queryKey: ['devices'] });
    void queries.invalidateQueries({ queryKey: ['vehicles'] });
    void queries.invalidateQueries({ queryKey: ['vehicle'] });
  };
  const wanted = filter.trim().toLowerCase();
  const rows = (devices.data?.items ?? []).filter((device) => `${device.terminal_id} ${device.plate ?? ''} ${device.model ?? ''}`.toLowerCase().includes(wanted));

  return (
    <main id="main" tabIndex={-1} className="page devices">
      <header className="page-head">
        <div>
          <h1>{t('devices.title')}</h1>
          <p className="muted">{t('devices.lead')}</p>
        </div>
        <div className="page-actions">
          <Button icon="plus" onPress={() => setOpen({ kind: 'vehicle' })}>
            {t('devices.new_vehicle')}
          </Button>
          <Button look="primary" icon="plus" onPress={() => setOpen({ kind: 'register' })}>
            {t('devices.register')}
          </Button>
        </div>
      </header>
      <div role="status">{done && <p className="notice notice-good">{done}</p>}</div>
      <section className="table-card" aria-label={t('devices.title')}>
        <div className="table-tools">
          <div className="search">
            <Icon name="search" size={16} />
            <input type="search" className="search-input" aria-label={t('devices.search')} placeholder={t('devices.search')} value={filter} onChange={(event) => setFilter(event.target.value)} />
          </div>
          <span className="muted num">{devices.data && t('devices.count', { n: rows.length })}</span>
        </div>
        {devices.isPending ? (
          <Skeleton rows={6} kind="row" />
        ) : devices.isError && !devices.data ? (
          devices.error instanceof ApiError && devices.error.status === 403 ? (
            <Empty title={t('devices.forbidden')} />
          ) : (
            <Failed error={devices.error} retry={() => void devices.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={wanted ? t('fleet.none_found', { q: filter.trim() }) : t('devices.none')} />
        ) : (
          <Table rows={rows} onBind={(device) => setOpen({ kind: 'bind', device })} onUnbind={(device) => setOpen({ kind: 'unbind', device })} onRenew={(device) => setOpen({ kind: 'renew', device })} />
        )}
      </section>

      {open?.kind === 'register' && (
        <RegisterSheet
          onClose={close}
          onMade={(made) => {
            changed();
            setOpen({ kind: 'secret', made });
          }}
        />
      )}
      {open?.kind === 'secret' && <SecretSheet made={open.made} onClose={close} />}
      {open?.kind === 'renew' && <RenewSheet device={open.device} onClose={close} onMade={(made) => setOpen({ kind: 'secret', made })} />}
      {open?.kind === 'bind' && <BindSheet device={open.device} onClose={close} onDone={changed} />}
      {open?.kind === 'unbind' && <UnbindSheet device={open.device} onClose={close} onDone={changed} />}
      {open?.kind === 'vehicle' && (
        <VehicleSheet
          onClose={close}
          onMade={(text) => {
            changed();
            setDone(t('vehicle.created', { plate: plate(text) }));
            close();
          }}
        />
      )}
    </main>
  );
}

interface TableProps {
  rows: Device[];
  onBind: (device: Device) => void;
  onUnbind: (device: Device) => void;
  onRenew: (device: Device) => void;
}

function Table({ rows, onBind, onUnbind, onRenew }: TableProps) {
  const t = useText();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('devices.title')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('devices.terminal')}</th>
            <th scope="col">{t('devices.model')}</th>
            <th scope="col">{t('devices.vehicle')}</th>
            <th scope="col">{t('devices.registered')}</th>
            <th scope="col">{t('devices.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((device) => (
            <tr key={device.id}>
              <th scope="row" className="mono">
                {device.terminal_id}
              </th>
              <td>{device.model ?? NONE}</td>
              <td>{device.plate ? <strong>{plate(device.plate)}</strong> : <span className="muted">{t('devices.unbound')}</span>}</td>
              <td className="num">{dateTime(device.created_at)}</td>
              <td>
                {device.vehicle_id ? (
                  <Button look="quiet" onPress={() => onUnbind(device)} aria-label={`${t('devices.unbind')} ${device.terminal_id}`}>
                    {t('devices.unbind')}
                  </Button>
                ) : (
                  <Button look="quiet" icon="link" onPress={() => onBind(device)} aria-label={`${t('devices.bind')} ${device.terminal_id}`}>
                    {t('devices.bind')}
                  </Button>
                )}
                <Button look="quiet" onPress={() => onRenew(device)} aria-label={`${t('devices.renew')} ${device.terminal_id}`}>
                  {t('devices.renew')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
