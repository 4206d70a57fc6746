/** The thin kit (控件): buttons, fields, menus and dialogs with our tokens over React Aria's behaviour. */

import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Dialog,
  FieldError,
  Heading,
  Input,
  Label,
  Menu,
  MenuItem,
  MenuTrigger,
  Modal,
  ModalOverlay,
  Popover,
  TextField,
  type TextFieldProps,
} from 'react-aria-components';
import { useId } from 'react';
import { useText } from '../i18n';
import { Icon, type IconName } from './icon';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children'> {
  look?: 'plain' | 'primary' | 'quiet';
  icon?: IconName;
  /** The key that does the same, shown beside the text. */
  hint?: string;
  children?: React.ReactNode;
}

export function Button({ look = 'plain', icon, hint, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={`button button-${look}${children ? '' : ' button-icon'}`}>
      {icon && <Icon name={icon} size={16} />}
      {children}
      {hint && <kbd aria-hidden="true">{hint}</kbd>}
    </AriaButton>
  );
}

interface FieldProps extends Omit<TextFieldProps, 'className' | 'children'> {
  label: string;
  help?: string;
  error?: string;
  placeholder?: string;
  mono?: boolean;
}

export function Field({ label, help, error, placeholder, mono, ...rest }: FieldProps) {
  return (
    <TextField {...rest} className="field" isInvalid={Boolean(error)} validationBehavior="aria">
      <Label>{label}</Label>
      <Input className={mono ? 'input mono' : 'input'} placeholder={placeholder} />
      {help && !error && <span className="field-help">{help}</span>}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}

export interface Choice {
  id: string;
  text: string;
}

interface PickProps {
  label: string;
  /** Hides the label from sight, not from screen readers. */
  quiet?: boolean;
  choices: Choice[];
  value: string | null;
  onChange: (id: string) => void;
  error?: string;
  placeholder?: string;
}

/** The browser's own list: it is accessible, knows the keyboard and weighs nothing. */
export function Pick({ label, quiet, choices, value, onChange, error, placeholder }: PickProps) {
  const note = useId();
  return (
    <label className="field" data-invalid={error ? true : undefined}>
      <span className={quiet ? 'visually-hidden' : undefined}>{label}</span>
      <select className="input pick" value={value ?? ''} onChange={(event) => onChange(event.target.value)} aria-invalid={error ? true : undefined} aria-describedby={error ? note : undefined}>
        {value === null && <option value="">{placeholder}</option>}
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.text}
          </option>
        ))}
      </select>
      {error && (
        <span id={note} className="field-error">
          {error}
        </span>
      )}
    </label>
  );
}

export interface Action {
  id: string;
  text: string;
  icon?: IconName;
  href?: string;
  download?: boolean;
  run?: () => void;
}

interface DropProps {
  label: string;
  icon?: IconName;
  text?: string;
  look?: ButtonProps['look'];
  actions: Action[];
  header?: React.ReactNode;
  isDisabled?: boolean;
}

/** A button that opens a menu. */
export function Drop({ label, icon, text, look = 'quiet', actions, header, isDisabled }: DropProps) {
  return (
    <MenuTrigger>
      <Button look={look} icon={icon} aria-label={label} isDisabled={isDisabled}>
        {text && <span className="drop-text">{text}</span>}
      </Button>
      <Popover className="popover" placement="bottom end">
        {header}
        <Menu className="menu" aria-label={label} items={actions}>
          {(action: Action) => (
            <MenuItem
              className="menu-item"
              textValue={action.text}
              href={action.href}
              download={action.download}
              onAction={action.run}
            >
              {action.icon && <Icon name={action.icon} size={16} />}
              {action.text}
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

interface SheetProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: React.ReactNode;
  wide?: boolean;
  /** A dialog whose content is shown once is not closed by a click beside it. */
  firm?: boolean;
}

export function Sheet({ title, isOpen, onClose, children, wide, firm }: SheetProps) {
  const t = useText();
  return (
    <ModalOverlay
      className="overlay"
      isOpen={isOpen}
      isDismissable={!firm}
      isKeyboardDismissDisabled={firm}
      onOpenChange={(open) => !open && onClose()}
    >
      <Modal className={wide ? 'modal modal-wide' : 'modal'}>
        <Dialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={onClose} />
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
