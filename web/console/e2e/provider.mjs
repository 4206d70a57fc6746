// An identity provider for the tests: the certified `oidc-provider`, on a free port of this machine, with its own sign-in forms.
//   node e2e/provider.mjs CLIENT SECRET REDIRECT...     prints `ready ISSUER`; ends with its caller
// Whoever signs in is the person of that name; the staff number of `x` is `staff-of-x`.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [, , client, secret, ...redirects] = process.argv;
if (redirects.length === 0) {
  console.error('provider: CLIENT SECRET REDIRECT...');
  process.exit(2);
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  // By name, so that it is another site than the service's own address: browsers keep `Strict` cookies apart.
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: redirects, grant_types: ['authorization_code'], response_types: ['code'] }],
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['of no use elsewhere'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: `staff-of-${id}` }) }),
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  console.log(`ready ${issuer}`);
});
