/** Errors of the server of dynamic resources, with the partial state that they carry for the engine. */
import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb.js";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";

/** What the engine keeps of a resource that was made, but not as it should be. */
export interface PartialState {
  id: string;
  properties: Record<string, unknown>;
  reasons: string[];
}

/** A failed call. */
export class ProviderError extends Error {
  constructor(
    message: string,
    /** gRPC's status code. */
    readonly code: number,
    /** Absent when nothing of the resource is kept. */
    readonly details: PartialState | undefined,
  ) {
    super(message);
    this.name = "ProviderError";
  }
}

export function toProviderError(error: ServiceError): ProviderError {
  return new ProviderError(error.details || error.message, error.code, partialState(error));
}

/** The details lie in the metadata as a status message that holds the real one. */
function partialState(error: ServiceError): PartialState | undefined {
  const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!Buffer.isBuffer(packed)) return undefined;
  const [any] = Status.deserializeBinary(packed).getDetailsList();
  const failed = any?.unpack(
    ErrorResourceInitFailed.deserializeBinary,
    "pulumirpc.ErrorResourceInitFailed",
  );
  if (!failed) return undefined;
  const properties = (failed.getProperties()?.toJavaScript() ?? {}) as Record<string, unknown>;
  return { id: failed.getId(), properties, reasons: failed.getReasonsList() };
}
