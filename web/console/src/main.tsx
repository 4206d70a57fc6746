import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, setIdleClock } from './api/client';
import { App } from './app/App';
import { idleSeconds } from './app/idle';
import { startLanguages } from './i18n';
import './styles/tokens.css';
import './styles/base.css';
import './styles/ui.css';
import './styles/shell.css';

/** Something has to be done first, though one is signed in: the session says what. */
const DUE = ['auth.code_required', 'auth.password_due', 'auth.second_factor_due'];

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && DUE.includes(error.code)) void queries.invalidateQueries({ queryKey: ['session'] });
    },
  }),
  defaultOptions: {
    queries: {
      // The service's own "no" is an answer; only silence is worth asking again.
      retry: (failures, error) => !(error instanceof ApiError) && failures < 2,
      refetchOnWindowFocus: false,
    },
  },
});

setIdleClock(idleSeconds);
void startLanguages().then(() => {
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
});
