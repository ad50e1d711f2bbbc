// A certified provider of OpenID Connect on loopback, for the tests in web/tests/it/oidc/real.rs.
//
//   node provider.mjs PEOPLE    PEOPLE is JSON: what is said of each person, by what they sign in as
//
// It prints its address, reads one line with the address to which it sends people back, and serves
// until its standard input ends. A line after that is PEOPLE anew.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

let people = JSON.parse(process.argv[2]);
const server = createServer();
const lines = createInterface({ input: process.stdin });

const claims = {
  openid: ['sub'],
  profile: ['name', 'preferred_username'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
};

function begin(issuer, redirect) {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'footnote',
        client_secret: 'a secret of both',
        redirect_uris: [redirect],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims,
    scopes: Object.keys(claims),
    conformIdTokenClaims: false,
    cookies: { keys: ['of the tests alone'] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  console.log('ready');
}

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  lines.once('line', (redirect) => {
    begin(issuer, redirect);
    lines.on('line', (line) => {
      people = JSON.parse(line);
      console.log('known');
    });
  });
  lines.on('close', () => process.exit(0));
  console.log(issuer);
});
