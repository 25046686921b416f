package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.proto.kv.v1.ReadContext;
import io.grpc.MethodDescriptor;

/**
 * What is left to be read of a scan; immutable.
 *
 * @param <Q> what a replica is asked
 * @param <P> the pieces that it answers
 * @param <A> the pieces that the reader gets
 */
interface ScanPlan<Q, P, A> {
  /** Stands for no limit. */
  long ALL = Long.MAX_VALUE;

  int shard();

  ReadLevel level();

  /** The position that a replica must have applied; 0: any. */
  long atLeast();

  /** How many records are still wanted; {@link #ALL}: no bound. */
  long left();

  MethodDescriptor<Q, P> method();

  /** The question for what is left. */
  Q request();

  int records(P piece);

  /** Whether no record follows a piece, with or without a limit. */
  boolean end(P piece);

  ReadContext context(P piece);

  /** What is left after a piece. */
  ScanPlan<Q, P, A> after(P piece);

  /** A piece for the reader, with the token that goes on with this plan unless it is the last. */
  A answer(P piece);

  /** A request's limit, which is unsigned, as a number of records wanted. */
  static long wanted(long limit) {
    return limit <= 0 ? ALL : limit;
  }

  /** How many records are wanted after some have come. */
  static long leftAfter(long left, int records) {
    return left == ALL ? ALL : Math.max(0, left - records);
  }

  /** A number of records wanted as a request's limit. */
  static long limit(long left) {
    return left == ALL ? 0 : left;
  }
}
