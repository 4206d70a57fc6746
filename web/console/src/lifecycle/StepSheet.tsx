/** A step of a paper (办理): what its gate asks for, and nothing more. */

import { useText } from '../i18n';
import { type Kind, type Paper, PATHS } from './api';
import { bodyOf, fieldsOf, stepBody } from './forms';
import { FormSheet } from './FormSheet';

export function StepSheet({ paper, action, onClose, onDone }: { paper: Paper; action: string; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const path = `${PATHS[paper.paper as Kind]}/${paper.id}`;
  const isRegistration = action === 'register';
  return (
    <FormSheet
      title={`${t(`life.move_${action}`)} · ${paper.number}`}
      path={isRegistration ? `${path}/registration` : `${path}/steps`}
      fields={fieldsOf(action)}
      body={(values) => (isRegistration ? { ...bodyOf(fieldsOf(action), values), owner_unit_id: paper.unit_id } : stepBody(action, values))}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
