// The peer: a bot on Microsoft's agents-hosting that answers every button with
// one and the same card. It validates the channel's token as it does by itself;
// only the address of the channel's keys, which it knows by heart, leads to the
// simulated tenant, and the token for what it would send is at hand.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const https = require('node:https');
const { readFileSync } = require('node:fs');
const express = require('express');
const { ActivityHandler, CloudAdapter, authorizeJWT } = require('@microsoft/agents-hosting');

const [listen, keys, app, tenant, answer] = process.argv.slice(2);
const [host, port] = listen.split(':');
const rooms = new URL(keys);
const request = https.request;
https.request = (options, ...more) => request(options.hostname === 'login.botframework.com'
  ? { ...options, hostname: rooms.hostname, port: rooms.port } : options, ...more);

const reply = JSON.parse(readFileSync(answer, 'utf8'));
class Bot extends ActivityHandler {
  async onAdaptiveCardInvoke() { return reply; }
}
const bot = new Bot();
const connection = { clientId: app, tenantId: tenant, clientSecret: 'not used' };
const config = { ...connection, connections: new Map([['serviceConnection', connection]]), connectionsMap: [{ serviceUrl: '*', connection: 'serviceConnection' }] };
const adapter = new CloudAdapter(config);
const provider = { connectionSettings: connection, getAccessToken: async () => 'at hand' };
adapter.connectionManager = { getTokenProviderFromActivity: () => provider, getTokenProvider: () => provider };

const server = express();
server.get('/', (_, res) => res.sendStatus(200));
server.use(express.json());
server.post('/api/messages', authorizeJWT(config), (req, res) => adapter.process(req, res, (context) => bot.run(context)));
server.listen(Number(port), host);
