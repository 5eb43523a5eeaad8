/**
 * The real server of dynamic resources that Pulumi starts, driven over gRPC as the engine drives it, but without
 * an engine: contract tests of what the server does with a provider, in a fraction of the CLI's time.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { toProviderError } from "./provider-error.js";

/** What the engine sends in the place of a value that is not known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Properties = Record<string, unknown>;

export interface StartOptions {
  /** Put into every request as `__provider` that has none of its own. */
  provider?: string;
  /** The stack's configuration, all namespaces, as `freebsd:privateKey`. */
  config?: Record<string, string>;
  /** Added to the server's environment. */
  env?: Record<string, string>;
}

export interface DynamicProvider {
  check(urn: string, olds: Properties, news: Properties): Promise<CheckResult>;
  diff(id: string, urn: string, olds: Properties, news: Properties): Promise<DiffResult>;
  create(urn: string, props: Properties): Promise<{ id: string; properties: Properties }>;
  /** A blank id: the thing is gone. */
  read(id: string, urn: string, props: Properties, inputs?: Properties): Promise<ReadResult>;
  update(id: string, urn: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(id: string, urn: string, props: Properties): Promise<void>;
  /** Everything that the server has printed: what the engine would show to the user. */
  printed(): string;
  stop(): Promise<void>;
}

export interface CheckResult {
  inputs: Properties;
  failures: { property: string; reason: string }[];
}

export interface DiffResult {
  /** Undefined when the provider did not say. */
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

export interface ReadResult {
  id: string;
  properties: Properties;
  inputs: Properties | undefined;
}

/**
 * Starts the server of the SDK in `sdkDirectory` with the working directory `cwd`: from there it resolves what
 * a `__provider` text requires. Failed calls throw `ProviderError`.
 */
export async function startDynamicProvider(
  sdkDirectory: string,
  cwd: string,
  options: StartOptions = {},
): Promise<DynamicProvider> {
  const server = await startServer(sdkDirectory, cwd, options.env);
  const address = `127.0.0.1:${server.port}`;
  const client = new service.ResourceProviderClient(address, grpc.credentials.createInsecure());
  const configure = new proto.ConfigureRequest().setArgs(toStruct(options.config ?? {}));
  await call((callback) => client.configure(configure, callback));
  return {
    ...methods(client, (props) => toStruct({ __provider: options.provider, ...props })),
    printed: server.printed,
    stop: async () => {
      client.close();
      await server.stop();
    },
  };
}

type Encode = (props: Properties) => Struct;
type Methods = Omit<DynamicProvider, "printed" | "stop">;

function methods(client: service.ResourceProviderClient, encode: Encode): Methods {
  return { ...plans(client, encode), ...changes(client, encode) };
}

function plans(client: service.ResourceProviderClient, encode: Encode) {
  return {
    async check(urn: string, olds: Properties, news: Properties): Promise<CheckResult> {
      const request = new proto.CheckRequest().setUrn(urn).setOlds(encode(olds));
      request.setNews(encode(news));
      const response = await call<proto.CheckResponse>((done) => client.check(request, done));
      const failures = response.getFailuresList().map((failure) => failure.toObject());
      return { inputs: fromStruct(response.getInputs()), failures };
    },
    async diff(id: string, urn: string, olds: Properties, news: Properties): Promise<DiffResult> {
      const request = new proto.DiffRequest().setId(id).setUrn(urn).setOlds(encode(olds));
      request.setNews(encode(news));
      const response = await call<proto.DiffResponse>((done) => client.diff(request, done));
      return {
        changes: changed(response.getChanges()),
        replaces: response.getReplacesList(),
        deleteBeforeReplace: response.getDeletebeforereplace(),
      };
    },
    async read(id: string, urn: string, props: Properties, inputs?: Properties) {
      const request = new proto.ReadRequest().setId(id).setUrn(urn).setProperties(encode(props));
      request.setInputs(encode(inputs ?? props));
      const response = await call<proto.ReadResponse>((done) => client.read(request, done));
      const given = response.getInputs();
      return {
        id: response.getId(),
        properties: fromStruct(response.getProperties()),
        inputs: given && fromStruct(given),
      };
    },
  };
}

function changes(client: service.ResourceProviderClient, encode: Encode) {
  return {
    async create(urn: string, props: Properties) {
      const request = new proto.CreateRequest().setUrn(urn).setProperties(encode(props));
      const response = await call<proto.CreateResponse>((done) => client.create(request, done));
      return { id: response.getId(), properties: fromStruct(response.getProperties()) };
    },
    async update(id: string, urn: string, olds: Properties, news: Properties) {
      const request = new proto.UpdateRequest().setId(id).setUrn(urn).setOlds(encode(olds));
      request.setNews(encode(news));
      const response = await call<proto.UpdateResponse>((done) => client.update(request, done));
      return fromStruct(response.getProperties());
    },
    async delete(id: string, urn: string, props: Properties) {
      const request = new proto.DeleteRequest().setId(id).setUrn(urn).setProperties(encode(props));
      await call((done) => client.delete(request, done));
    },
  };
}

function changed(changes: proto.DiffResponse.DiffChanges): boolean | undefined {
  if (changes === proto.DiffResponse.DiffChanges.DIFF_SOME) return true;
  return changes === proto.DiffResponse.DiffChanges.DIFF_NONE ? false : undefined;
}

type Callback<T> = (error: grpc.ServiceError | null, response: T) => void;

function call<T>(start: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => (error ? reject(toProviderError(error)) : resolve(response)));
  });
}

/** As the engine does, leaves out what is undefined. */
function toStruct(props: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(props)));
}

function fromStruct(struct: Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}

async function startServer(sdkDirectory: string, cwd: string, env: Record<string, string> = {}) {
  const script = join(sdkDirectory, "cmd", "dynamic-provider");
  // The argument is the engine's address, which the server takes and never calls.
  const child = spawn(process.execPath, [script, "127.0.0.1:1"], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stderr.on("data", (data: Buffer) => {
    printed += data;
  });
  const port = await firstLine(child, () => printed);
  child.stdout.on("data", (data: Buffer) => {
    printed += data;
  });
  return { port, printed: () => printed, stop: () => stopServer(child) };
}

/** The server tells its port on the first line. */
async function firstLine(child: ChildProcess, printed: () => string): Promise<string> {
  let line = "";
  for await (const data of child.stdout!.iterator({ destroyOnReturn: false })) {
    line += data;
    if (line.includes("\n")) return line.trim();
  }
  throw new Error(`the server of dynamic resources did not start: ${printed()}`);
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await ended;
}
