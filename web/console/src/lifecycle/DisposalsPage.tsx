/** Disposals and transfers (处置与调拨): how cars go, what they bring, and which go to another unit or lie in the pool. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { DISPOSAL, TRANSFER } from './forms';
import { FormSheet } from './FormSheet';
import { LifePage } from './Page';
import { Papers } from './Papers';

export default function DisposalsPage() {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const [form, setForm] = useState<'disposal' | 'transfer' | null>(null);
  return (
    <LifePage
      name="disposals"
      views={['disposal', 'transfer']}
      actions={(_view, say) => (
        <>
          {session.permissions.includes('propose_lifecycle') && (
            <>
              <Button icon="plus" onPress={() => setForm('transfer')}>
                {t('life.propose_transfer')}
              </Button>
              <Button look="primary" icon="plus" onPress={() => setForm('disposal')}>
                {t('life.propose_disposal')}
              </Button>
            </>
          )}
          {form && (
            <FormSheet
              title={t(`life.propose_${form}`)}
              path={form === 'disposal' ? '/disposals' : '/vehicle-transfers'}
              fields={form === 'disposal' ? DISPOSAL : TRANSFER}
              onClose={() => setForm(null)}
              onDone={() => {
                void queries.invalidateQueries({ queryKey: ['lifecycle'] });
                say(t('life.handed_in'));
                setForm(null);
              }}
            />
          )}
        </>
      )}
    >
      {(view, say, open) => <Papers kind={view === 'transfer' ? 'transfer' : 'disposal'} onSaid={say} onCar={open} />}
    </LifePage>
  );
}
