package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.DumpedRecord;
import io.byssus.proto.kv.v1.Key;
import io.byssus.storage.RecordKey;
import io.byssus.storage.ShardDump;
import io.byssus.storage.StoredVersion;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * Streams everything that a replica holds as of one position, which it keeps in hold until the
 * caller has it all or goes.
 */
final class DumpStream {
  private static final int PIECE_BYTES = 256 * 1024;

  private final Replica replica;
  private final ServerCallStreamObserver<DumpReplicaResponse> caller;
  private final Runnable cutOff = this::cutOff;
  private ShardDump dump;
  private boolean ended;

  /** Sets itself up to be told when the caller is ready: to be made within the call's handler. */
  DumpStream(Replica replica, ServerCallStreamObserver<DumpReplicaResponse> caller) {
    this.replica = replica;
    this.caller = caller;
    caller.setOnReadyHandler(this::goOn);
    caller.setOnCancelHandler(this::end);
  }

  /** The replica has reached the position that the caller asks for. */
  void start() {
    synchronized (this) {
      if (ended) {
        return;
      }
      // First, so that a replica that closes this moment does not wait for a dump it cannot end.
      replica.reading(cutOff);
      if (ended) {
        return;
      }
      try {
        dump = replica.open().dump();
      } catch (RuntimeException e) {
        end();
        throw e;
      }
    }
    goOn();
  }

  private synchronized void goOn() {
    try {
      while (dump != null && !ended && caller.isReady()) {
        DumpReplicaResponse piece = nextPiece();
        caller.onNext(piece);
        if (piece.getEnd()) {
          caller.onCompleted();
          end();
        }
      }
    } catch (RuntimeException e) {
      end();
      caller.onError(ReadService.toGrpc(e));
    }
  }

  private DumpReplicaResponse nextPiece() {
    DumpReplicaResponse.Builder piece =
        DumpReplicaResponse.newBuilder().setPosition(dump.position());
    int bytes = 0;
    for (; dump.isValid() && bytes < PIECE_BYTES; dump.next()) {
      RecordKey key = dump.key();
      StoredVersion version = dump.version();
      piece.addRecords(
          DumpedRecord.newBuilder()
              .setNamespaceId(dump.namespaceId())
              .setKey(
                  Key.newBuilder().setPartitionKey(key.partitionKey()).setSortKey(key.sortKey()))
              .setValue(version.value())
              .setVersion(version.version())
              .setExpiresMs(version.expiresMillis())
              .setDeleted(version.deleted()));
      bytes += 64 + version.value().size();
    }
    if (!dump.isValid()) {
      piece.setEnd(true).setDigest(dump.digest());
    }
    return piece.build();
  }

  /** The replica closes: a caller that does not take its dump must not hold it up. */
  private synchronized void cutOff() {
    if (!ended) {
      end();
      caller.onError(
          GrpcErrors.toGrpc(
              new ByssusException(ErrorCode.SHARD_NOT_HERE, "the replica is being closed")));
    }
  }

  private synchronized void end() {
    ended = true;
    replica.doneReading(cutOff);
    if (dump != null) {
      dump.close();
      dump = null;
    }
  }
}
