/** What ssh2 tries to log in with, in order, and what is told when nothing of it was accepted. */
import { readFile } from "node:fs/promises";
import {
  type AnyAuthMethod,
  BaseAgent,
  createAgent,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
  utils,
} from "ssh2";
import type { Credentials, Endpoint } from "./host-spec.js";
import { isMissing } from "./ssh-config-file.js";

/** The methods to try, and in words what became of each. */
export interface LoginPlan {
  readonly methods: readonly { readonly method: AnyAuthMethod; readonly title: string }[];
  /** Credentials that could not even be tried: "~/.ssh/id_rsa (encrypted, no passphrase given)". */
  readonly skipped: readonly string[];
}

/**
 * Gathers credentials. What was given (inputs, Pulumi config, environment) excludes the rest; then
 * come the keys that ~/.ssh/config names, the agent and the usual files.
 */
export async function planLogin(endpoint: Endpoint): Promise<LoginPlan> {
  const { credentials, user } = endpoint;
  const plan = new PlanBuilder(user, credentials.privateKeyPassword);
  if (credentials.privateKey !== undefined) plan.addKey(credentials.privateKey, "privateKey");
  const given = credentials.privateKey !== undefined || credentials.password !== undefined;
  if (!given) await addFound(plan, credentials);
  else if (credentials.agentSocketPath) plan.addAgent(credentials.agentSocketPath);
  if (credentials.password !== undefined) plan.addPassword(credentials.password);
  return { methods: plan.methods, skipped: plan.skipped };
}

async function addFound(plan: PlanBuilder, credentials: Credentials): Promise<void> {
  const { identityFiles, identitiesOnly, fallbackAgent, fallbackFiles } = credentials;
  const agent = credentials.agentSocketPath ?? fallbackAgent;
  if (identitiesOnly) {
    const keys = await readPublicKeys(identityFiles.length > 0 ? identityFiles : fallbackFiles);
    if (agent && keys.length > 0) plan.addAgent(agent, keys);
  }
  for (const file of identityFiles) await plan.addKeyFile(file);
  if (agent && !identitiesOnly) plan.addAgent(agent);
  // As with ssh: files that are named replace the usual ones.
  if (identityFiles.length === 0) {
    for (const file of fallbackFiles) await plan.addKeyFile(file);
  }
}

class PlanBuilder {
  readonly methods: { method: AnyAuthMethod; title: string }[] = [];
  readonly skipped: string[] = [];

  constructor(
    private readonly username: string,
    private readonly passphrase: string | undefined,
  ) {}

  addKey(text: string, title: string): void {
    const key = parsePrivateKey(text, this.passphrase);
    if (key instanceof Error) {
      this.skipped.push(`${title} (${key.message})`);
      return;
    }
    this.methods.push({
      method: { type: "publickey", username: this.username, key },
      title: `${title} (${key.type})`,
    });
  }

  async addKeyFile(path: string): Promise<void> {
    const text = await readIfPresent(path);
    if (text?.includes("PRIVATE KEY")) this.addKey(text, path);
  }

  addAgent(socketPath: string, only?: readonly Buffer[]): void {
    const agent = createAgent(socketPath);
    this.methods.push({
      method: {
        type: "agent",
        username: this.username,
        agent: only ? new LimitedAgent(agent, only) : agent,
      },
      title: `agent ${socketPath}`,
    });
  }

  addPassword(password: string): void {
    const username = this.username;
    this.methods.push({ method: { type: "password", username, password }, title: "password" });
    this.methods.push({
      method: {
        type: "keyboard-interactive",
        username,
        prompt: (_name, _instructions, _language, prompts, finish) =>
          finish(prompts.map(() => password)),
      },
      title: "keyboard-interactive",
    });
  }
}

/** Parses with ssh2; the reason of a failure in words that name no content. */
function parsePrivateKey(text: string, passphrase: string | undefined): ParsedKey | Error {
  const parsed = utils.parseKey(text, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) {
    if (/no passphrase/i.test(key.message)) return new Error("encrypted, no passphrase given");
    if (/passphrase|integrity|decrypt/i.test(key.message)) return new Error("wrong passphrase");
    return new Error("not a private key in a known format");
  }
  return key?.isPrivateKey() ? key : new Error("not a private key");
}

type AgentKey = string | Buffer | ParsedKey;

/** An agent that offers only some of its keys (IdentitiesOnly). */
class LimitedAgent extends BaseAgent {
  constructor(
    private readonly agent: BaseAgent,
    private readonly only: readonly Buffer[],
  ) {
    super();
  }

  getIdentities(callback: IdentityCallback): void {
    this.agent.getIdentities((error, keys) => {
      const offered = keys?.filter((key) => {
        const parsed = utils.parseKey(key as Buffer);
        const bytes = parsed instanceof Error ? undefined : parsed.getPublicSSH();
        return this.only.some((known) => bytes?.equals(known));
      });
      callback(error, offered);
    });
  }

  override sign(
    key: AgentKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback | undefined,
    callback?: SignCallback,
  ): void {
    this.agent.sign(key, data, options as SigningRequestOptions, callback);
  }
}

/** The public keys of identity files: from "<file>.pub", or the file itself when it is one. */
async function readPublicKeys(files: readonly string[]): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (const file of files) {
    for (const path of [`${file}.pub`, file]) {
      const parsed = utils.parseKey((await readIfPresent(path)) ?? "");
      const key = Array.isArray(parsed) ? parsed[0] : parsed;
      if (key === undefined || key instanceof Error) continue;
      found.push(key.getPublicSSH());
      break;
    }
  }
  return found;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
