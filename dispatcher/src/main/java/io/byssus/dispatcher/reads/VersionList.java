package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardListVersionsResponse;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import java.util.OptionalLong;

/**
 * A page of a record's versions.
 *
 * @param last the last version of the page before; empty: there was none
 * @param atLeast the position that a replica must have applied; 0: any
 * @param hash what page tokens are made with
 */
record VersionList(
    ListVersionsRequest asked,
    int namespaceId,
    int shard,
    ReadLevel level,
    OptionalLong last,
    long atLeast,
    long hash) {

  ShardListVersionsRequest request() {
    ShardListVersionsRequest.Builder request =
        ShardListVersionsRequest.newBuilder()
            .setView(level.view(shard, atLeast))
            .setNamespaceId(namespaceId)
            .setKey(asked.getKey())
            .setFromVersion(asked.getFromVersion())
            .setToVersion(asked.getToVersion())
            .setOldestFirst(asked.getOldestFirst())
            .setLimit(asked.getLimit() == 0 ? Limits.MAX_LISTED_VERSIONS : asked.getLimit());
    // A page has a next only where the range goes on behind its last version, so this stays in it.
    if (asked.getOldestFirst()) {
      last.ifPresent(version -> request.setFromVersion(version + 1));
    } else {
      last.ifPresent(version -> request.setToVersion(version - 1));
    }
    return request.build();
  }

  ListVersionsResponse answer(ShardListVersionsResponse page) {
    ListVersionsResponse.Builder answer =
        ListVersionsResponse.newBuilder()
            .addAllVersions(page.getVersionsList())
            .setContext(page.getContext());
    int versions = page.getVersionsCount();
    if (!page.getEnd()) {
      if (versions == 0) {
        throw new ByssusException(
            ErrorCode.INTERNAL_FAULT, "a page of versions is empty and not the last");
      }
      answer.setNextPageToken(
          PageTokens.afterVersion(
              hash,
              page.getVersions(versions - 1).getVersion(),
              ShardLocator.later(atLeast, page.getContext().getPosition())));
    }
    return answer.build();
  }
}
