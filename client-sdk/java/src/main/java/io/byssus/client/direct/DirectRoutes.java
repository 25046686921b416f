package io.byssus.client.direct;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.clustermap.replicas.Replica;
import io.byssus.clustermap.replicas.ReplicaBoard;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.clustermap.scans.ScanSelection;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.PageToken;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.ScanShardResponse;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds for a read of the key-value API the replica to ask and the question for it, from the map
 * and from how the replicas stand. Refuses, with a {@link ByssusException}, whatever is not plain:
 * a dispatcher knows more, and its refusal is the one to tell.
 */
final class DirectRoutes {
  private static final Set<String> SERVED =
      Set.of(
          KvServiceGrpc.getGetMethod().getFullMethodName(),
          KvServiceGrpc.getMultiGetMethod().getFullMethodName(),
          KvServiceGrpc.getScanMethod().getFullMethodName(),
          KvServiceGrpc.getScanShardMethod().getFullMethodName(),
          KvServiceGrpc.getListVersionsMethod().getFullMethodName());

  private final Supplier<ClusterImage> map;
  private final ShardRouter router;
  private final ReplicaBoard board;

  DirectRoutes(Supplier<ClusterImage> map, ShardRouter router, ReplicaBoard board) {
    this.map = map;
    this.router = router;
    this.board = board;
  }

  /** The namespace and the level of one read, as of one map. */
  record Reading(int namespaceId, int shardCount, ReadLevel level, ReadOptions options) {
    int shard(ByteString partitionKey) {
      return ShardHash.shard(namespaceId, partitionKey, shardCount);
    }

    /** What the session has seen of a shard, where that counts. */
    long seen(int shard) {
      return level.seen(shard, options);
    }

    /**
     * Looks whether an answer is good enough.
     *
     * @throws ByssusException REPLICA_BEHIND where the namespace does not allow its age
     */
    void check(ReadContext answer) {
      Optional<ByssusException> objection = level.objection(answer);
      if (objection.isPresent()) {
        throw objection.get();
      }
    }
  }

  /** Whether servers can be asked what a method asks. */
  static boolean serves(MethodDescriptor<?, ?> method) {
    return SERVED.contains(method.getFullMethodName());
  }

  /** The route of a read of several records that concerns one shard. */
  DirectRoute<?, ?, ?> route(MethodDescriptor<?, ?> method, Object question) {
    if (question instanceof ScanRequest scan) {
      return scan(scan);
    } else if (question instanceof ScanShardRequest scan) {
      return scanShard(scan);
    } else if (question instanceof ListVersionsRequest list) {
      return versions(list);
    }
    throw refused("servers are not asked for " + method.getFullMethodName());
  }

  Reading reading(String namespace, ReadOptions options) {
    ClusterImage image = map.get();
    Cluster cluster = image.cluster().orElseThrow(() -> refused("there is no map yet"));
    NamespaceEntry entry =
        image
            .namespace(namespace)
            .orElseThrow(() -> refused("the map has no namespace '" + namespace + "'"));
    return new Reading(
        entry.getRules().getNamespaceId(),
        cluster.getShardCount(),
        ReadLevel.of(options, entry),
        options);
  }

  /**
   * The replica to ask.
   *
   * @param atLeast the position that the answer must have seen; 0: any
   */
  Replica replica(int shard, long atLeast) {
    int incarnation = map.get().shard(shard).map(ShardAssignment::getIncarnation).orElse(0);
    if (atLeast != Position.NONE && Position.incarnation(atLeast) < incarnation) {
      throw refused("the token is of an older incarnation of shard " + shard);
    }
    List<Replica> best = router.replicas(shard, atLeast);
    if (best.isEmpty()) {
      throw refused("the map names no replica of shard " + shard);
    }
    ReplicaBoard.Standing standing = board.standing(best.get(0).nodeId(), shard);
    if (!standing.reporting() || standing.suspect() || !standing.open()) {
      throw refused("no replica of shard " + shard + " is known to serve");
    }
    return best.get(0);
  }

  /**
   * A read of one record.
   *
   * @param replica which is asked
   * @param question for it
   * @param reading what its answer must suit
   */
  record GetRoute(Replica replica, ShardGetRequest question, Reading reading) {}

  /** The route of a read of one record. */
  GetRoute get(GetRequest get) {
    Reading reading = reading(get.getNamespace(), get.getOptions());
    int shard = reading.shard(get.getKey().getPartitionKey());
    long atLeast = reading.seen(shard);
    return new GetRoute(
        replica(shard, atLeast),
        ShardGetRequest.newBuilder()
            .setView(reading.level.view(shard, atLeast))
            .setNamespaceId(reading.namespaceId)
            .setKey(get.getKey())
            .setAtVersion(get.getAtVersion())
            .build(),
        reading);
  }

  private DirectRoute<?, ?, ?> scan(ScanRequest scan) {
    Reading reading = reading(scan.getNamespace(), scan.getOptions());
    int shard = reading.shard(scan.getPartitionKey());
    ScanSelection selection = ScanSelection.of(scan);
    long hash = PageTokens.scanHash(reading.namespaceId, scan.getPartitionKey(), selection);
    Optional<PageToken> token = token(scan.getPageToken(), hash);
    long atLeast = atLeast(reading, shard, token);
    ShardScanRequest.Builder question =
        ShardScanRequest.newBuilder()
            .setView(reading.level.view(shard, atLeast))
            .setNamespaceId(reading.namespaceId)
            .setPartitionKey(scan.getPartitionKey())
            .setStart(selection.start())
            .setEnd(selection.end())
            .setLimit(scan.getLimit())
            .setReverse(selection.reverse());
    if (selection.reverse()) {
      token.ifPresent(t -> question.setBefore(t.getLastSortKey()));
    } else {
      token.ifPresent(t -> question.setStart(t.getLastSortKey()).setAfterStart(true));
    }
    DirectPlace place = new DirectPlace(token, atLeast);
    return new DirectRoute<>(
        shard,
        replica(shard, atLeast),
        ShardServiceGrpc.getScanMethod(),
        question.build(),
        piece -> {
          reading.check(piece.getContext());
          int records = piece.getRecordsCount();
          if (records > 0) {
            place.passed(ByteString.EMPTY, piece.getRecords(records - 1).getSortKey());
          }
          place.saw(piece.getContext());
          if (records == 0 && !piece.getEnd()) {
            return null;
          }
          return ScanResponse.newBuilder()
              .addAllRecords(piece.getRecordsList())
              .setContext(piece.getContext())
              .setNextPageToken(piece.getEnd() ? ByteString.EMPTY : place.afterSortKey(hash))
              .build();
        });
  }

  private DirectRoute<?, ?, ?> scanShard(ScanShardRequest scan) {
    Reading reading = reading(scan.getNamespace(), scan.getOptions());
    int shard = scan.getShard();
    long hash = PageTokens.shardHash(reading.namespaceId, shard);
    Optional<PageToken> token = token(scan.getPageToken(), hash);
    long atLeast = atLeast(reading, shard, token);
    ShardScanNamespaceRequest.Builder question =
        ShardScanNamespaceRequest.newBuilder()
            .setView(reading.level.view(shard, atLeast))
            .setNamespaceId(reading.namespaceId)
            .setLimit(scan.getLimit());
    DirectPlace place = new DirectPlace(token, atLeast);
    token.ifPresent(t -> question.setAfter(place.key()));
    return new DirectRoute<>(
        shard,
        replica(shard, atLeast),
        ShardServiceGrpc.getScanNamespaceMethod(),
        question.build(),
        piece -> {
          reading.check(piece.getContext());
          int records = piece.getRecordsCount();
          if (records > 0) {
            io.byssus.proto.kv.v1.Key last = piece.getRecords(records - 1).getKey();
            place.passed(last.getPartitionKey(), last.getSortKey());
          }
          place.saw(piece.getContext());
          if (records == 0 && !piece.getEnd()) {
            return null;
          }
          return ScanShardResponse.newBuilder()
              .addAllRecords(piece.getRecordsList())
              .setContext(piece.getContext())
              .setNextPageToken(piece.getEnd() ? ByteString.EMPTY : place.afterKey(hash))
              .build();
        });
  }

  private DirectRoute<?, ?, ?> versions(ListVersionsRequest list) {
    Reading reading = reading(list.getNamespace(), list.getOptions());
    int shard = reading.shard(list.getKey().getPartitionKey());
    long hash =
        PageTokens.versionsHash(
            reading.namespaceId,
            list.getKey(),
            list.getFromVersion(),
            list.getToVersion(),
            list.getOldestFirst());
    Optional<PageToken> token = token(list.getPageToken(), hash);
    long from = list.getFromVersion();
    long to = list.getToVersion();
    if (token.isPresent()) {
      // There was a page before only where the range goes on behind its last version.
      long last = token.get().getLastVersion();
      from = list.getOldestFirst() ? last + 1 : from;
      to = list.getOldestFirst() ? to : last - 1;
    }
    long atLeast = atLeast(reading, shard, token);
    return new DirectRoute<>(
        shard,
        replica(shard, atLeast),
        ShardServiceGrpc.getListVersionsMethod(),
        ShardListVersionsRequest.newBuilder()
            .setView(reading.level.view(shard, atLeast))
            .setNamespaceId(reading.namespaceId)
            .setKey(list.getKey())
            .setFromVersion(from)
            .setToVersion(to)
            .setOldestFirst(list.getOldestFirst())
            .setLimit(list.getLimit() == 0 ? Limits.MAX_LISTED_VERSIONS : list.getLimit())
            .build(),
        page -> {
          reading.check(page.getContext());
          ListVersionsResponse.Builder answer =
              ListVersionsResponse.newBuilder()
                  .addAllVersions(page.getVersionsList())
                  .setContext(page.getContext());
          int versions = page.getVersionsCount();
          if (!page.getEnd() && versions == 0) {
            throw refused("a page of versions is empty and not the last");
          } else if (!page.getEnd()) {
            long last = page.getVersions(versions - 1).getVersion();
            long position = DirectPlace.later(atLeast, page.getContext().getPosition());
            answer.setNextPageToken(PageTokens.afterVersion(hash, last, position));
          }
          return answer.build();
        });
  }

  private static long atLeast(Reading reading, int shard, Optional<PageToken> token) {
    long seen = reading.seen(shard);
    return token.map(t -> DirectPlace.later(t.getPosition(), seen)).orElse(seen);
  }

  private static Optional<PageToken> token(ByteString bytes, long hash) {
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    Optional<PageToken> token = PageTokens.decode(bytes).filter(t -> t.getScanHash() == hash);
    return Optional.of(token.orElseThrow(() -> refused("the page token is not of this read")));
  }

  private static ByssusException refused(String message) {
    return new ByssusException(ErrorCode.NO_REPLICA, message);
  }
}
