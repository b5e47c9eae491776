// Package teams is the wire between Microsoft Teams and the bot: signed
// activities come in through a [Receiver], cards and messages go out through a
// [Connector]. It knows the protocol and nothing of what the bot is for.
//
// Inbound, the bearer token is checked from the header before a byte of the
// body is read; the body is then held against the token, the tenant and the
// channel. Outbound, the connector's token is sent to allowed https hosts only,
// one call at a time per conversation, and every error says what to do next.
//
// Messages and conversation updates are routed by msbotbuilder-go, through a
// [Router]; invokes and installation updates are answered by the caller.
package teams
