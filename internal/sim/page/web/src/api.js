// The page's own server, and nothing else.

async function read(path) {
  const reply = await fetch(path, { headers: { Accept: "application/json" } });
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.error ?? `HTTP ${reply.status}`);
  return body;
}

async function send(path, call, method = "POST") {
  try {
    const reply = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(call),
    });
    const body = await reply.json();
    return reply.ok ? body : { outcome: "failed", text: body.error?.message ?? body.error };
  } catch {
    return { outcome: "failed", text: "The playground does not answer. Is it still running?" };
  }
}

export const people = () => read("/people");
export const chats = async (person) => (await read(`/chats?person=${encodeURIComponent(person)}`)).chats;
export const search = (words) => read(`/people/search?q=${encodeURIComponent(words)}`);
export const tenant = (person) => read(`/tenant?person=${encodeURIComponent(person)}`);
export const open = (call) => send("/open", call);
export const say = (call) => send("/say", call);
export const press = (call) => send("/press", call);
export const consent = (call) => send("/consent", call);
export const clock = (minutes) => send("/clock", { minutes });
export const manners = (change) => send("/manners", change);
export const signIn = (attempt) => send("/sign-in", attempt);
export const register = (registration) => send("/register-passkey", registration);
export const useSession = (session) => send("/use-session", { session });
export const change = (kind, key, what) => send(`/${kind}/${encodeURIComponent(key)}`, what);
export const remove = (kind, key) => send(`/${kind}/${encodeURIComponent(key)}`, {}, "DELETE");
export const restart = () => send("/restart", {});

// listen calls chats and tenant at once and whenever something has changed there,
// and connected with true or false as the stream comes and goes; the browser
// reconnects by itself. When the playground has started over, anew is called.
export function listen({ chats: chatsChanged, tenant: tenantChanged, connected, anew }) {
  const stream = new EventSource("/events");
  let run;
  stream.addEventListener("run", ({ data }) => {
    connected(true);
    if (run && run !== data) anew();
    run = data;
  });
  stream.addEventListener("changed", () => chatsChanged());
  stream.addEventListener("tenant", () => tenantChanged());
  stream.addEventListener("error", () => connected(false));
}
