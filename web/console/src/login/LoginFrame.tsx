/** The card in the middle of an otherwise empty page: signing in, and what has to be done before the work. */

import { setTheme, useTheme } from '../app/theme';
import { language, setLanguage, useText } from '../i18n';
import { Button } from '../ui/kit';

export function LoginFrame({ title, subtitle, wide, children }: { title: string; subtitle: string; wide?: boolean; children: React.ReactNode }) {
  const t = useText();
  const theme = useTheme();
  return (
    <div className="login">
      <header className="login-tools">
        <Button look="quiet" onPress={() => setLanguage(language() === 'en' ? 'zh-CN' : 'en')}>
          <span lang={language() === 'en' ? 'zh-CN' : 'en'}>{language() === 'en' ? '中文' : 'English'}</span>
          <span className="visually-hidden">{t('language.switch')}</span>
        </Button>
        <Button
          look="quiet"
          icon={theme === 'dark' ? 'sun' : 'moon'}
          aria-label={t(theme === 'dark' ? 'theme.to_light' : 'theme.to_dark')}
          onPress={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
        />
      </header>
      <main className={wide ? 'login-card login-card-wide' : 'login-card'} id="main">
        <header>
          <span className="brand-mark brand-mark-large" aria-hidden="true">
            <svg viewBox="0 0 20 20" width="26" height="26">
              <path d="M10 2.5 16 17l-6-3.3L4 17Z" fill="currentColor" />
            </svg>
          </span>
          <div>
            <h1>{title}</h1>
            <p className="muted">{subtitle}</p>
          </div>
        </header>
        {children}
      </main>
      <footer className="login-foot">{t('product.footer')}</footer>
    </div>
  );
}
